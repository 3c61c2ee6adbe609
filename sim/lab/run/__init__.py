"""A run from plan to folder: what is asked, done, kept and summed up."""
