"""What is paid on the platform, by whom and for what: laws of money, a file each."""
