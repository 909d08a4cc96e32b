"""Pure rules: no AWS, no environment, no clock."""
