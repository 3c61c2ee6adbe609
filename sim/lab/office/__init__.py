"""A moderator's office: shifts at the moderation desk, and the page that tells of them."""
