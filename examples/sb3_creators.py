"""Stable-Baselines3 at the creator's seat: an adapter for many accounts in shared worlds."""

from sb3_rows import MadeVecEnv


class AccountsVecEnv(MadeVecEnv):
    """Many accounts as Stable-Baselines3 wants them; keyword arguments as for gymnasium.make_vec:
    `worlds` of them share out the accounts, each in a process of its own with processes=True."""

    environment, rows = "ShortVideo/Creator-v0", "accounts side by side"
