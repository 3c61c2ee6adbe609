"""The moderator's seat: what it sees, decides and is paid for, and its Gymnasium forms."""
