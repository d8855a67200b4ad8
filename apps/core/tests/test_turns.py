"""Turns: one after another, in the order in which they came."""

from threading import Event, Thread
from time import sleep

import pytest

from apps.core.turns import Turns


def test_each_has_his_turn_in_the_order_in_which_they_came():
    turns, order, threads = Turns(), [], []

    def come(number):
        with turns:
            order.append(number)
            sleep(0.01)
            order.append(number)

    with turns:
        for number in range(5):
            threads.append(Thread(target=come, args=[number], daemon=True))
            threads[-1].start()
            while len(turns._waiting) <= number:
                sleep(0.001)
        assert order == []
    for thread in threads:
        thread.join(10)

    assert order == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]


def test_who_fails_hands_his_turn_on():
    turns, had = Turns(), Event()
    with pytest.raises(ZeroDivisionError), turns:
        raise ZeroDivisionError

    with turns:
        had.set()

    assert had.is_set()
    assert not turns._taken
