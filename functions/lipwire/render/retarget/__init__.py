"""The `retarget` method: a person's own pixels, moved to where another voice wants them."""
