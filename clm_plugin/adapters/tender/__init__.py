"""Store credit as a means of payment: the sequence that every shop's checkout goes through.

Wish, quote, hold, capture with the order, release, refund. An adapter calls it from its checkout;
``docs/howto/store-credit.md`` says where.
"""
