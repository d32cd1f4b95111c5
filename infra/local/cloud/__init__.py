"""The local cloud: MiniStack and the world as child processes, and the template deployed on them by the SAM CLI."""
