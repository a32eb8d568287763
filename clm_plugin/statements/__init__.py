"""What shoppers read about their store credit: account page, chip, earn preview, order.

Reads the wallet and puts it into words; writes nothing.
"""
