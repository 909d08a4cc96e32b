"""The look into a file without the box's limits: what the allow-lists alone hold off."""

from probe import inside

inside.close_the_box = lambda: None
inside.main()
