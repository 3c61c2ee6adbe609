"""What exists on the platform and how it moves; knows no agent, no file, no screen."""
