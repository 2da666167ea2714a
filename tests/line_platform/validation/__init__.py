"""What LINE accepts as messages, actions, Flex containers and rich menus: pure functions."""
