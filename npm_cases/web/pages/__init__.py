"""The pages, one module for each part of the work; a module lists its pages as rows of the route table."""
