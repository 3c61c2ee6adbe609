"""A creator's studio: lives in the creator's seat, and the page that tells of them."""
