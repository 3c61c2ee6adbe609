"""What all commands share: their language, their help, how they say what is wrong."""
