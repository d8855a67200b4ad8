"""Draw the portal's maps once, from TopoJSON to SVG paths in one file. Run it when the geometry is replaced."""

import json
from collections import Counter
from math import cos, hypot, radians, sin, sqrt

from django.core.management.base import BaseCommand
from django_countries import countries

from apps.core.maps import GEO, SHAPES

# Names in bel.topo.json, whose codes are blank, and their ISO 3166-2 codes.
PROVINCES = {
    "Antwerp": "BE-VAN",
    "Brussels": "BE-BRU",
    "East Flanders": "BE-VOV",
    "Flemish Brabant": "BE-VBR",
    "Hainaut": "BE-WHT",
    "Liege": "BE-WLG",
    "Limburg": "BE-VLI",
    "Luxembourg": "BE-WLX",
    "Namur": "BE-WNA",
    "Walloon Brabant": "BE-WBR",
    "West Flanders": "BE-VWV",
}
MOROCCO_ENDS_AT = 27.667  # degrees north; what lies south of it is Western Sahara
# Natural Earth draws these as units of their own; the United Nations does not.
PARTS = {"Somaliland": "SO", "N. Cyprus": "CY"}
# Countries whose outline in this geometry is disputed: a point says where they are and claims no border.
ONLY_POINTS = {
    "CY": (33.2, 35.0),
    "EH": (-13.5, 24.7),
    "GE": (43.6, 42.1),
    "IL": (34.9, 31.3),
    "PS": (35.2, 31.9),
    "RS": (20.8, 44.2),
    "RU": (40.0, 55.0),
    "SY": (38.3, 35.1),
    "UA": (31.4, 49.0),
}
CAPITALS = {
    "MA": (-6.84, 34.02),
    "SN": (-17.45, 14.69),
    "ML": (-8.0, 12.64),
    "GN": (-13.71, 9.54),
    "BF": (-1.52, 12.37),
    "BJ": (2.42, 6.37),
    "NE": (2.11, 13.51),
    "UG": (32.58, 0.35),
    "TZ": (35.74, -6.17),
    "RW": (30.06, -1.94),
    "BI": (29.92, -3.43),
    "CD": (15.31, -4.32),
    "MZ": (32.57, -25.97),
    "PS": (35.2, 31.9),
}
FIJI, ANTARCTICA = "242", "010"
BRUSSELS = (4.35, 50.85)
DOT = 10  # the hero's dots lie this far apart


class Command(BaseCommand):
    help = f"Write {SHAPES.name} from the TopoJSON files beside it."

    def handle(self, **options):
        belgium, luxembourg, world = map(read, ["bel.topo.json", "lux.topo.json", "countries-110m.json"])
        lands = own_shapes(world)
        shapes = {
            "residence": residence(belgium, luxembourg),
            "ties": ties(world, lands),
            "hero": hero(world, lands),
        }
        SHAPES.write_text(json.dumps(shapes, indent=1) + "\n", encoding="utf-8")
        self.stdout.write(f"{SHAPES.name}: {SHAPES.stat().st_size / 1000:.0f} kB")


# --- the three maps ---------------------------------------------------------------------------------------------------


def residence(belgium, luxembourg):
    width, height = 400, 330
    areas = {PROVINCES[shape["properties"]["name"]]: merged(belgium, [shape]) for shape in shapes_of(belgium)}
    areas["LU"] = merged(luxembourg, shapes_of(luxembourg))
    everything = [ring for rings in areas.values() for ring in rings]
    view = View(centre=(4.6, 50.4), width=width, height=height).fitted_to(everything, margin=4)
    drawn = {code: [view.draw(ring) for ring in rings] for code, rings in areas.items()}
    units = {}
    for code, rings in sorted(drawn.items()):
        # Brussels lies inside Flemish Brabant and would cover its number.
        others = [ring for other, its in drawn.items() if other != code for ring in its]
        units[code] = {"d": path(rings), **label_point(rings, others)}
    return {"width": width, "height": height, "units": units}


def ties(world, lands):
    width, height = 400, 380
    view = View(centre=(20, 8), width=width, height=height).fitted_to(
        [[(-17, 15), (51, 10), (20, -34.8), (-8, 49), (45, 50)]], margin=8
    )
    units = {}
    for code, rings in sorted(lands.items()):
        drawn = [ring for ring in map(view.cut, rings) if len(ring) > 2 and area(ring) > 3]
        if drawn:
            units[code] = {"d": path(drawn), **label_point(drawn)}
    for code, place in ONLY_POINTS.items():
        x, y = view.point(place)
        units[code] = {"d": "", "at": [round(x, 1), round(y, 1)], "room": 0}
    land = [view.cut(ring) for ring in land_rings(world)]
    return {"width": width, "height": height, "land": path(land), "units": dict(sorted(units.items()))}


def hero(world, lands):
    """Dots over the land, gold ones over the partner countries, and the points between which the arcs run.

    A row's run of dots is one line with a dash of nothing and a round cap: a tenth of what single dots would weigh.
    """
    width, height = 700, 720
    view = View(centre=(15, 12), width=width, height=height).fitted_to([[(-36, 57), (62, 57), (32, -33)]], margin=-20)
    land = [view.cut(ring) for ring in land_rings(world)]
    partners = [view.cut(ring) for code in CAPITALS if code in lands for ring in lands[code]]
    plain, gold = [], []
    for row, y in enumerate(range(DOT // 2, height, DOT - 1)):
        columns = range(DOT // 2 * (row % 2), width, DOT)
        on_land = crossings(land, y)
        in_partner = crossings(partners, y)
        gold += runs(y, [x for x in columns if inside(x, in_partner)])
        plain += runs(y, [x for x in columns if inside(x, on_land) and not inside(x, in_partner)])
    pins = {code: rounded(view.point(place)) for code, place in CAPITALS.items()}
    return {
        "width": width,
        "height": height,
        "dot": DOT,
        "dots": "".join(plain),
        "dots_on": "".join(gold),
        "home": rounded(view.point(BRUSSELS)),
        "pins": pins,
    }


# --- TopoJSON ---------------------------------------------------------------------------------------------------------


def read(name):
    """A topology with its arcs decoded from deltas to degrees."""
    topology = json.loads((GEO / name).read_text(encoding="utf-8"))
    (scale_x, scale_y), (left, bottom) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for deltas in topology["arcs"]:
        x = y = 0
        arc = []
        for dx, dy, *_ in deltas:
            x, y = x + dx, y + dy
            arc.append((x * scale_x + left, y * scale_y + bottom))
        arcs.append(arc)
    return {**topology, "arcs": arcs}


def shapes_of(topology, name=None):
    kind = topology["objects"][name or next(iter(topology["objects"]))]
    return kind.get("geometries", [kind])


def merged(topology, shapes):
    """Closed rings round all the shapes together: an arc that two of them share is inside, and falls away."""
    used = Counter()
    for shape in shapes:
        polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
        used.update(arc for polygon in polygons for ring in polygon for arc in ring)
    left = {arc for arc in used if ~arc not in used}
    starts = {}
    for arc in sorted(left):
        starts.setdefault(points(topology, arc)[0], []).append(arc)
    rings = []
    while left:
        arc = min(left)
        ring = []
        while arc is not None:
            left.discard(arc)
            line = points(topology, arc)
            ring += line[:-1]
            arc = next((following for following in starts.get(line[-1], []) if following in left), None)
        rings.append(ring)
    return rings


def points(topology, arc):
    return topology["arcs"][arc] if arc >= 0 else topology["arcs"][~arc][::-1]


def own_shapes(world):
    """Rings by ISO code, for the countries that get an outline of their own."""
    grouped = {}
    for shape in shapes_of(world, "countries"):
        code = PARTS.get(shape["properties"]["name"]) or (shape.get("id") and countries.alpha2(int(shape["id"])))
        if code and code not in ONLY_POINTS:
            grouped.setdefault(code, []).append(shape)
    lands = {code: merged(world, shapes) for code, shapes in grouped.items()}
    lands["MA"] = [clip(ring, 1, MOROCCO_ENDS_AT, keep_above=True) for ring in lands["MA"]]
    return lands


def land_rings(world):
    """All land in one, but for what runs round the back of the earth."""
    near = [shape for shape in shapes_of(world, "countries") if shape.get("id") not in {FIJI, ANTARCTICA}]
    return merged(world, near)


# --- plane geometry ---------------------------------------------------------------------------------------------------


class View:
    """Lambert's azimuthal equal-area projection, scaled into a picture: no country looks larger than it is."""

    def __init__(self, *, centre, width, height, scale=1.0, shift=(0.0, 0.0)):
        self.centre, self.width, self.height, self.scale, self.shift = centre, width, height, scale, shift

    def point(self, place):
        longitude, latitude = radians(place[0] - self.centre[0]), radians(place[1])
        middle = radians(self.centre[1])
        k = sqrt(2 / max(1e-9, 1 + sin(middle) * sin(latitude) + cos(middle) * cos(latitude) * cos(longitude)))
        x = k * cos(latitude) * sin(longitude)
        y = k * (cos(middle) * sin(latitude) - sin(middle) * cos(latitude) * cos(longitude))
        return self.shift[0] + self.scale * x, self.shift[1] - self.scale * y

    def draw(self, ring):
        return [self.point(place) for place in ring]

    def cut(self, ring):
        """Drawn, without what lies outside the picture (and without the far side of the earth)."""
        ring = clip_to_box(ring, left=-30, right=90, low=-60, high=80)
        return clip_to_box(self.draw(ring), left=-2, right=self.width + 2, low=-2, high=self.height + 2)

    def fitted_to(self, rings, *, margin):
        bare = View(centre=self.centre, width=self.width, height=self.height)
        drawn = [bare.point(place) for ring in rings for place in ring]
        left, right = min(x for x, _ in drawn), max(x for x, _ in drawn)
        top, bottom = min(y for _, y in drawn), max(y for _, y in drawn)
        scale = min((self.width - 2 * margin) / (right - left), (self.height - 2 * margin) / (bottom - top))
        shift = self.width / 2 - scale * (left + right) / 2, self.height / 2 - scale * (top + bottom) / 2
        return View(centre=self.centre, width=self.width, height=self.height, scale=scale, shift=shift)


def clip_to_box(ring, *, left, right, low, high):
    for axis, bound, keep_above in [(0, left, True), (0, right, False), (1, low, True), (1, high, False)]:
        ring = clip(ring, axis, bound, keep_above=keep_above)
    return ring


def clip(ring, axis, bound, *, keep_above):
    """Sutherland and Hodgman: the part of a ring on one side of a line."""

    def kept(point):
        return (point[axis] >= bound) == keep_above

    result = []
    for before, here in zip(ring[-1:] + ring[:-1], ring, strict=True):
        if kept(before) != kept(here):
            share = (bound - before[axis]) / (here[axis] - before[axis])
            result.append(tuple(a + share * (b - a) for a, b in zip(before, here, strict=True)))
        if kept(here):
            result.append(here)
    return result


def area(ring):
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in edges(ring))) / 2


def edges(ring):
    return zip(ring, ring[1:] + ring[:1], strict=True)


def label_point(rings, others=(), steps=28):
    """Where a number has the most room around it, and how much; never inside one of the others."""
    ring = max(rings, key=area)
    borders = [edge for border in (ring, *others) for edge in edges(border)]
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    best, at = 0.0, ring[0]
    for row in range(1, steps):
        y = min(ys) + (max(ys) - min(ys)) * row / steps
        spans, taken = crossings([ring], y), crossings(others, y)
        for column in range(1, steps):
            x = min(xs) + (max(xs) - min(xs)) * column / steps
            if inside(x, spans) and not inside(x, taken):
                room = min(distance((x, y), start, end) for start, end in borders)
                if room > best:
                    best, at = room, (x, y)
    return {"at": rounded(at), "room": round(best, 1)}


def distance(point, start, end):
    (x, y), (x1, y1), (x2, y2) = point, start, end
    length = (x2 - x1) ** 2 + (y2 - y1) ** 2
    share = max(0, min(1, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length)) if length else 0
    return hypot(x - x1 - share * (x2 - x1), y - y1 - share * (y2 - y1))


def crossings(rings, y):
    """The x at which a horizontal line enters and leaves the rings, in order."""
    return sorted(
        x1 + (y - y1) * (x2 - x1) / (y2 - y1)
        for ring in rings
        for (x1, y1), (x2, y2) in edges(ring)
        if (y1 > y) != (y2 > y)
    )


def inside(x, spans):
    return sum(crossing <= x for crossing in spans) % 2 == 1


def runs(y, columns):
    """Neighbouring dots of a row as one horizontal line, a little longer than its last dot needs."""
    found = []
    for x in columns:
        if found and x == found[-1][1] + DOT:
            found[-1][1] = x
        else:
            found.append([x, x])
    return [f"M{first} {y}h{last - first + 1}" for first, last in found]


def rounded(point):
    return [round(value, 1) for value in point]


def path(rings):
    """SVG with relative steps of a tenth of a unit, rounding errors carried along so that rings close."""
    pieces = []
    for ring in rings:
        x = y = 0
        steps = []
        for px, py in ring:
            dx, dy = round(px * 10) - x, round(py * 10) - y
            if dx or dy:
                steps.append(f"{tenths(dx)} {tenths(dy)}")
                x, y = x + dx, y + dy
        if len(steps) > 2:
            pieces.append(f"M{steps[0]}l{' '.join(steps[1:])}z".replace(" -", "-"))
    return "".join(pieces)


def tenths(number):
    return f"{number / 10:g}".replace("0.", ".", 1) if abs(number) < 10 and number else f"{number / 10:g}"
