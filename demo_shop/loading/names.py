"""Invented people and places. Lists of our own; who gets what follows from the customer's id."""

from __future__ import annotations

_BRITISH = (
    "Aisha Alice Amara Amelia Anita Beatrice Callum Charlotte Chidi Claire Daniel David Deborah "
    "Edith Elena Eleanor Emeka Emily Esther Fatima Fiona Florence Freya George Grace Hamza Hannah "
    "Harriet Hassan Helen Imogen Isla Ivy Jack James Jasmine Jaya Joanna Kavita Keiko Kwame Laura "
    "Leah Leila Lucy Maeve Margaret Maya Mei Mohammed Nadia Naomi Nia Nikhil Olivia Omar Oscar "
    "Patrick Penelope Poppy Priya Rachel Rebecca Rhys Rosa Rowan Ruth Sadia Samuel Sanjay Sarah "
    "Sinead Sophie Tamsin Tariq Thomas Tunde Victoria Wei William Yasmin Yusuf Zainab Zoe",
    "Abbott Adeyemi Ahmed Akhtar Anderson Archer Asante Bailey Banerjee Barker Begum Bennett Blake "
    "Boateng Brennan Brook Campbell Carter Chapman Chen Chowdhury Clarke Cole Cooper Cross Dalton "
    "Davies Dixon Doyle Edwards Ellis Evans Farrow Finch Fletcher Foster Gill Graham Green Gupta "
    "Hale Harper Hart Hughes Hussain Iqbal Jackson Jenkins Jones Kaur Kelly Khan Lam Lawson Lewis "
    "Lin Marsh Mason Mensah Miller Mistry Morgan Murphy Nash Nkosi Nolan Obi Okafor Osborne Owens "
    "Palmer Parker Patel Pearce Phillips Porter Quinn Rahman Reed Roberts Rose Sharma Shaw Singh "
    "Stone Taylor Thomas Turner Walker Ward Watts West Wilkins Williams Wong Wood Wright Young",
)
_GERMAN = (
    "Anja Anna Ayse Benjamin Birgit Clara Emre Felix Frieda Greta Hanna Ingrid Jonas Julia Karin "
    "Katrin Lars Lena Leyla Lukas Marie Martin Matthias Mila Nina Paula Sabine Stefan Tobias Ute",
    "Aydin Bauer Becker Brandt Braun Fischer Frank Hartmann Hoffmann Huber Kaya Keller Klein Koch "
    "Krause Lang Lehmann Maier Meyer Neumann Richter Schmidt Schneider Schulz Vogel Weber Wolf",
)
_FRENCH = (
    "Adele Amina Antoine Camille Chloe Claire Elodie Elise Fatou Gabriel Helene Hugo Ines Jeanne "
    "Julien Karim Laure Lea Louis Lucie Manon Marc Margot Mathilde Nadia Noemie Paul Rachid Sylvie",
    "Bernard Blanc Bonnet Chevalier Clement Diallo Dubois Dupont Durand Fontaine Garnier Girard "
    "Lambert Laurent Lefebvre Leroy Martin Mercier Moreau Nguyen Perrin Petit Renard Rousseau Roux",
)
_SOUTHERN = (
    "Adriana Alba Ana Beatriz Bruno Carla Carmen Diego Elena Francesca Giulia Ines Irene Javier "
    "Joana Lucia Luis Marco Maria Marta Matteo Miguel Nuno Paolo Pilar Rafael Rita Sara Sofia",
    "Almeida Alves Bianchi Castro Conti Costa Cruz Diaz Esposito Ferrari Ferreira Garcia Gomez "
    "Lopes Marino Martinez Mendes Moreno Navarro Oliveira Pereira Ramos Ricci Romano Rossi Santos",
)
_NORTHERN = (
    "Agnes Aino Anders Anneke Astrid Bram Eero Elin Emma Erik Femke Freja Hanne Ida Ingeborg "
    "Johan Karin Lars Linnea Lotte Maja Mette Mikko Nora Pieter Saga Sanne Signe Sven Tove Wouter",
    "Andersen Bakker Berg Bos Dahl Dekker Eriksson Hansen Heikkinen Holm Jansen Jensen Johansson "
    "Korhonen Larsen Lind Lindgren Mulder Nielsen Nyberg Olsen Peeters Smit Strand Visser Vos",
)
_STREETS = (
    "Abbey Alder Ashdown Bakers Beech Bramble Brook Castle Chapel Cherry Church Clifton Coppice "
    "Dove Elm Fern Foundry Garden Glebe Hawthorn Heron High Holly Kiln Lark Linden Maple Meadow "
    "Mill Mulberry Nelson Orchard Park Pear Priory Quarry Regent Rookery Rowan School Spring "
    "Station Sycamore Tannery Thorn Vicarage Walnut Weavers Willow Windmill Wren"
)
STREETS = tuple(_STREETS.split())
STREET_KINDS = ("Street", "Road", "Lane", "Close", "Avenue", "Gardens", "Terrace", "Row", "Way")
UK_TOWNS = (
    ("Bath", "BA1"), ("Belfast", "BT9"), ("Birmingham", "B14"), ("Brighton", "BN2"),
    ("Bristol", "BS6"), ("Cambridge", "CB4"), ("Cardiff", "CF11"), ("Chester", "CH1"),
    ("Derby", "DE22"), ("Durham", "DH1"), ("Edinburgh", "EH6"), ("Exeter", "EX2"),
    ("Glasgow", "G12"), ("Harrogate", "HG2"), ("Inverness", "IV2"), ("Ipswich", "IP4"),
    ("Kendal", "LA9"), ("Leeds", "LS7"), ("Leicester", "LE2"), ("Lewes", "BN7"),
    ("Liverpool", "L17"), ("London", "E8"), ("London", "N16"), ("London", "SE22"),
    ("London", "SW12"), ("Ludlow", "SY8"), ("Manchester", "M21"), ("Newcastle upon Tyne", "NE2"),
    ("Norwich", "NR2"), ("Nottingham", "NG5"), ("Oxford", "OX4"), ("Perth", "PH2"),
    ("Sheffield", "S11"), ("Southampton", "SO15"), ("Stroud", "GL5"), ("Swansea", "SA2"),
    ("Truro", "TR1"), ("Winchester", "SO23"), ("Worcester", "WR5"), ("York", "YO24"),
)  # fmt: skip
# Country -> its list of names and one of its cities, for the few percent who live abroad.
ABROAD = {
    "AE": (_BRITISH, "Dubai"), "AT": (_GERMAN, "Graz"), "AU": (_BRITISH, "Hobart"),
    "BE": (_NORTHERN, "Ghent"), "BH": (_BRITISH, "Manama"), "BR": (_SOUTHERN, "Curitiba"),
    "CA": (_BRITISH, "Halifax"), "CH": (_GERMAN, "Basel"), "CY": (_BRITISH, "Larnaca"),
    "CZ": (_GERMAN, "Brno"), "DE": (_GERMAN, "Bremen"), "DK": (_NORTHERN, "Aarhus"),
    "ES": (_SOUTHERN, "Valencia"), "FI": (_NORTHERN, "Turku"), "FR": (_FRENCH, "Nantes"),
    "GR": (_SOUTHERN, "Patras"), "IE": (_BRITISH, "Galway"), "IL": (_BRITISH, "Haifa"),
    "IS": (_NORTHERN, "Akureyri"), "IT": (_SOUTHERN, "Bologna"), "JE": (_BRITISH, "St Helier"),
    "JP": (_BRITISH, "Kobe"), "LB": (_FRENCH, "Byblos"), "LT": (_NORTHERN, "Kaunas"),
    "MT": (_BRITISH, "Sliema"), "NL": (_NORTHERN, "Utrecht"), "NO": (_NORTHERN, "Bergen"),
    "PL": (_GERMAN, "Poznan"), "PT": (_SOUTHERN, "Porto"), "SA": (_BRITISH, "Jeddah"),
    "SE": (_NORTHERN, "Uppsala"), "SG": (_BRITISH, "Singapore"), "US": (_BRITISH, "Portland"),
    "ZA": (_BRITISH, "Durban"),
}  # fmt: skip
BRITISH_NAMES = _BRITISH
