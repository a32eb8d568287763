"""Our own words for each product: a sentence for its kind and one for its pattern."""

from __future__ import annotations

from demo_shop.data.ranges import Product, Variant

CATEGORIES = {
    "Bags": "Shoppers, lunch bags and umbrellas in patterns that last longer than a season.",
    "Kitchen & baking": "Good plain tools and cheerful paper for people who like to bake.",
    "Tea & table": "Cups, stands and jugs for a slow afternoon at the table.",
    "Lights & candles": "Tea-lights, lanterns and little strings of light for darker evenings.",
    "Bunting & party": "Flags, paper and ribbon to dress a room for a good day.",
    "Home & clocks": "Clocks, frames and small comforts that make a house feel lived in.",
    "Tins & storage": "Tins, jars and baskets: a proper place for everything.",
    "Stationery & toys": "Cards and wrap, and toys that need no batteries.",
}

KINDS = {
    "jumbo_bag": "A roomy woven shopper with long handles and a wipe-clean finish.",
    "lunch_bag": "An insulated lunch bag with a fold-over top that keeps cool things cool.",
    "drawstring_bag": "A soft drawstring bag for shoes, treasures or a change of clothes.",
    "picnic_bag": "A padded, insulated bag with a zip, big enough for lunch for four.",
    "shopper": "A light everyday shopper that folds flat and carries far more than it weighs.",
    "umbrella": "A full-length umbrella with a curved handle and a sprung canopy.",
    "parasol": "A scalloped parasol on a bamboo stem for bright days and garden parties.",
    "cake_cases": "Grease-proof paper cases for fairy cakes and muffins, in a generous pack.",
    "cutters": "Rolled metal cutters with a clean edge and a rim that is kind to the hand.",
    "jam_jar": "A clear glass jar with a screw lid, ready for jam, buttons or pencils.",
    "recipe_box": "A tin box with dividers and cards for the recipes worth keeping.",
    "scales": "Traditional kitchen scales with a clear dial and a removable pan.",
    "bowl": "Glazed and cheerful, a good size for porridge, soup or a second helping.",
    "jug": "A glazed jug with a neat spout, at home in the kitchen or on the table.",
    "bread_bin": "A curved diner-style bin with a roll-back lid and room for two loaves.",
    "spoons": "Four measuring spoons with heart-shaped bowls on a ring.",
    "tea_towels": "Two soft cotton towels that dry well and get better in the wash.",
    "apron": "A cotton apron with a deep pocket and long ties, cut for children.",
    "rolling_pin": "A smooth beech rolling pin with turned handles.",
    "cake_stand": "A stand that turns a plate of cakes into an occasion.",
    "teacup": "A fine china cup and saucer with a gilt rim and roses inside and out.",
    "tea_set": "A teapot, cups and plates in glazed ceramic, in a box of their own.",
    "teapot": "A round china pot with a gilt finial that pours four cups without a drip.",
    "plate": "A small china plate for a slice of something at four o'clock.",
    "mug": "A sturdy glazed mug that holds a proper measure of tea.",
    "cutlery": "A knife, fork and spoon with bright handles sized for small hands.",
    "milk_bottles": "Six small glass bottles in a wire crate, for milk, straws or stems.",
    "heart_light": "A hanging metal heart with a cup for one tea-light.",
    "glass_light": "Thick patterned glass that softens the flame of a single tea-light.",
    "jar_light": "A glass jar on a wire loop; drop in a tea-light and hang it in a tree.",
    "lantern": "A metal lantern with a ring for hanging.",
    "paper_lantern": "Six fold-out paper shades for a safe LED light on a party table.",
    "night_light": "A gentle LED light that stays cool and turns itself off.",
    "string_lights": "A string of small warm lights.",
    "jar_candle": "A candle that smells of jam on the boil, poured into a lidded jar.",
    "candle": "A large, slow-burning candle in the colour and scent of dark chocolate.",
    "candlestick": "A small metal candlestick with a ring to carry it up to bed.",
    "bunting": "A long string of flags, ready to hang.",
    "paper_chain": "Gummed paper strips for metres of chain: no glue and no scissors.",
    "napkins": "Twenty thick three-ply paper napkins.",
    "doilies": "A stack of lacy paper doilies for plates, jars and craft tables.",
    "party_candles": "Ten slim candles with their holders, for the top of the cake.",
    "paper_cups": "Sturdy printed card that holds popcorn, sweets or squash.",
    "balloons": "Nine latex balloons to blow up the night before.",
    "ribbons": "A box of narrow ribbons wound on card for presents and posies.",
    "hanging_hearts": "Hearts on a loop of twine for a door, a window or a branch.",
    "alarm_clock": "A twin-bell alarm clock in the rounded style of the 1930s.",
    "wall_clock": "A diner-style wall clock with bold numerals and a quiet movement.",
    "hot_water_bottle": "A natural rubber bottle in a soft, washable cover.",
    "knitted_bottle": "A rubber bottle in a thick ribbed jumper of its own.",
    "wicker_heart": "A heart of woven willow on a loop, for a door or a wall.",
    "wicker_star": "A five-pointed star of bent willow to hang in a window.",
    "slate": "A small chalkboard for menus, lists and messages.",
    "frame": "A wooden frame with a glazed front, to hang or to stand.",
    "cabinet": "A little wooden cabinet with smooth drawers for rings, keys and stamps.",
    "word": "Chunky wooden letters that stand on a shelf and say one thing well.",
    "sign": "A pressed metal sign with a hole in each corner for hanging.",
    "doormat": "A dense coir mat with a rubber back that takes the mud off any boot.",
    "knob": "A glazed ceramic knob that changes a chest of drawers in ten minutes.",
    "hooks": "A metal hanger with curled hooks for coats, keys and cups.",
    "bird": "A little painted bird to perch on a shelf, a branch or a present.",
    "trinket_box": "A small ceramic box with a lifting lid, for rings and loose change.",
    "watering_can": "A painted tin can that holds just as much as a child can carry.",
    "cushion": "A felt cushion with hand-sewn appliqué and a plump filling.",
    "birdcage": "A domed wire cage for a trailing plant, with a little door that opens.",
    "cake_tins": "Nesting tins with close-fitting lids that keep cake fresh for days.",
    "small_tin": "A hinged tin with a picture lid, handy long after it is empty.",
    "snack_boxes": "Round lidded boxes that nest inside one another for the cupboard.",
    "lunch_box": "A lightweight box with a firm clasp and a carrying handle.",
    "canisters": "Lidded tins with clear labels for the kitchen shelf.",
    "round_tin": "A deep round cake tin with an old-fashioned printed lid.",
    "suitcase": "A small cardboard suitcase with metal corners and a proper clasp.",
    "basket": "A willow hamper with leather straps and a gingham lining.",
    "storage_jar": "A straight-sided jar with a knob lid and a good seal.",
    "babushka": "Boxes that nest, one doll inside the next, down to the smallest.",
    "playing_cards": "A full pack with rounded corners in a stiff box.",
    "dominoes": "Twenty-eight wooden dominoes in a box with a sliding lid.",
    "spinning_tops": "Turned and painted wooden tops that spin for longer than you expect.",
    "skittles": "Painted wooden soldiers and a ball, for long corridors and wet days.",
    "blocks": "Solid wooden blocks with letters and pictures on every face.",
    "notebooks": "Ruled paper in stiff printed covers.",
    "pencil_tube": "Twelve colouring pencils in a card tube with a sharpener in the lid.",
    "wrap": "A sheet of heavy gift wrap that folds crisply and does not tear.",
    "card": "A birthday card on thick board, blank inside, with its envelope.",
    "piggy_bank": "A round ceramic pig with a slot in the back and a stopper below.",
    "doll": "A felt doll with stitched features and clothes that come off.",
}

PATTERNS = {
    "retrospot": "Big white retro spots on {colour}.",
    "polkadot": "Small, even dots on {colour}.",
    "stripes": "Neat stripes in {colour}.",
    "hearts": "Scattered with little hearts on {colour}.",
    "stars": "A sprinkling of stars on {colour}.",
    "paisley": "A soft paisley in shades of {colour}.",
    "rose": "Full-blown garden roses on {colour}.",
    "regency": "Sprigs of roses on {colour} china.",
    "leaf": "A drawing of trailing leaves in {colour}.",
    "lace": "A doily print as fine as lace on {colour}.",
    "gingham": "A fresh {colour} gingham check.",
    "union": "The union flag in softly faded colours.",
    "apples": "Rows of orchard apples.",
    "pears": "Rows of ripe pears.",
    "strawberry": "Ripe strawberries on {colour}.",
    "skulls": "Friendly skulls on {colour}.",
    "woodland": "Toadstools and trees from a quiet wood.",
    "spaceboy": "Rockets, planets and stars on {colour}.",
    "cars": "Little motor cars on {colour}.",
    "alphabet": "Letters from an old printer's tray.",
    "owls": "Round-eyed owls on {colour}.",
    "suki": "Folk flowers on {colour}.",
    "christmas": "Baubles and stars on {colour}, for the weeks before Christmas.",
    "dolly": "Rosy-cheeked dolls and flowers on {colour}.",
    "circus": "Big-top stripes and stars in {colour}.",
    "london": "Red buses and small crowns on {colour}.",
    "pantry": "Our pantry print of jars and bands on {colour}.",
    "baroque": "A scrolling baroque print on {colour}.",
    "fairycakes": "Iced fairy cakes on {colour}.",
    "knit": "Knitted in {colour} with a heart on the front.",
    "party": "",
    "plain": "",
}
PLAIN_COLOURS = {
    "zinc": "Finished in soft grey zinc.",
    "silver": "In polished silver-coloured metal.",
    "copper": "In warm copper-coloured metal.",
    "natural": "Left in its natural colour.",
    "clear": "In clear glass.",
    "slate": "Cut from natural slate.",
    "multi": "",
}


def describe(product: Product, variant: Variant) -> str:
    """One or two plain sentences on what it is and how it looks."""
    first = product.note or KINDS[product.kind]
    if product.axis == "size":
        return f"{first} This is the {variant.value.split(',')[0].lower()} one."
    return f"{first} {_look(variant)}".strip()


def describe_family(product: Product) -> str:
    """The same for a product with variants: how many there are to choose from."""
    first = product.note or KINDS[product.kind]
    noun = product.axis if len(product.variants) == 1 else f"{product.axis}s"
    return f"{first} Choose from {_count(len(product.variants))} {noun}."


def _look(variant: Variant) -> str:
    if variant.detail.isupper() and len(variant.detail) > 3:
        words = variant.detail.capitalize().replace("Gin & tonic", "Gin & Tonic")
        return f"It says “{words}”."
    if variant.pattern != "plain":
        return PATTERNS[variant.pattern].format(colour=variant.colour)
    return PLAIN_COLOURS.get(variant.colour, f"In {variant.colour}.")


def _count(number: int) -> str:
    return _NUMBERS[number - 1] if number <= len(_NUMBERS) else str(number)


_NUMBERS = (
    *("one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
