"""The look into a file without the box's limits, watched: what the allow-lists alone hold off."""

from probe import inside
from tests.support.inside.tripwire import set_tripwire

inside.close_the_box = set_tripwire
inside.main()
