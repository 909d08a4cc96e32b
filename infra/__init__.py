"""The cloud, described once: stacks by life-cycle, constructs they share, workflows, and the local cloud."""
