"""The 25 machine parts of the sample data set, as height fields.

Every part is a function ``part(x, y, rng) -> (d, h)`` over object coordinates
(the part fits in the unit circle): ``d`` is an approximate signed distance to
its outline (negative inside) and ``h`` its height above the bench. Height
fields, not outlines, because the renderer then gets bevels, domes, recesses
and threads - and so believable light on metal - from one gradient.

``rng`` varies the proportions inside a class (tooth count, bore, wire
thickness ...), so that no class is a single template.
"""

import numpy as np

TAU = 2 * np.pi


# --- small vocabulary of shapes -------------------------------------------------


def ramp(t):
    """Smooth 0..1 step, the profile of a rounded edge."""
    t = np.clip(t, 0, 1)
    return t * t * (3 - 2 * t)


def plate(d, top=0.22, bevel=0.07):
    return top * ramp(-d / bevel)


def tube(distance, radius):
    """Height of a round bar whose axis is `distance` away."""
    return np.sqrt(np.clip(radius**2 - distance**2, 0, None))


def box(x, y, half_w, half_h, corner=0.0):
    qx, qy = np.abs(x) - half_w + corner, np.abs(y) - half_h + corner
    outside = np.hypot(np.maximum(qx, 0), np.maximum(qy, 0))
    return outside + np.minimum(np.maximum(qx, qy), 0) - corner


def segment(x, y, ax, ay, bx, by):
    """Distance to the line segment a-b."""
    dx, dy = bx - ax, by - ay
    t = np.clip(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy), 0, 1)
    return np.hypot(x - ax - t * dx, y - ay - t * dy)


def polygon(x, y, sides, apothem, turn=0.0):
    """Regular polygon with flat sides at `apothem` from the centre."""
    sector = TAU / sides
    a = np.mod(np.arctan2(y, x) - turn + sector / 2, sector) - sector / 2
    return np.hypot(x, y) * np.cos(a) - apothem


def spokes(x, y, count, radius, turn=0.0):
    """Distance to the nearest of `count` points spread on a circle."""
    sector = TAU / count
    a = np.mod(np.arctan2(y, x) - turn + sector / 2, sector) - sector / 2
    r = np.hypot(x, y)
    return np.hypot(r * np.cos(a) - radius, r * np.sin(a))


def turned(x, y, angle):
    c, s = np.cos(angle), np.sin(angle)
    return c * x + s * y, c * y - s * x


# --- wheels and rings -----------------------------------------------------------


def spur_gear(x, y, rng):
    r, a = np.hypot(x, y), np.arctan2(y, x)
    teeth = rng.integers(10, 19)
    depth = rng.uniform(0.07, 0.11)
    flank = np.clip(np.cos(teeth * a) * 1.9, -1, 1)
    bore = rng.uniform(0.14, 0.27)
    d = np.maximum(r - 0.87 - depth * flank, bore - r)
    h = plate(d, 0.26, 0.05)
    rim, hub = 0.68, bore + 0.13
    if rng.random() < 0.7:  # recessed web between hub and rim
        h = h - 0.12 * ramp((r - hub) / 0.05) * ramp((rim - r) / 0.05)
    if rng.random() < 0.45:
        holes = spokes(x, y, rng.integers(4, 7), (rim + hub) / 2)
        d = np.maximum(d, 0.095 - holes)
        h = np.minimum(h, plate(d, 0.26, 0.05))
    return d, h


def sprocket(x, y, rng):
    r = np.hypot(x, y)
    teeth = rng.integers(10, 17)
    # Roller seats cut out of a disc: what stays between two of them is the
    # pointed tooth that tells a sprocket from a gear.
    seats = spokes(x, y, teeth, 0.93)
    bore = rng.uniform(0.14, 0.27)
    d = np.maximum(np.maximum(r - 0.97, 2.35 / teeth - seats), bore - r)
    if rng.random() < 0.45:
        holes = spokes(x, y, rng.integers(4, 7), 0.5)
        d = np.maximum(d, 0.095 - holes)
    h = plate(d, 0.16, 0.05)
    return d, h + 0.1 * ramp((bore + 0.16 - r) / 0.05) * (d < 0)


def flat_washer(x, y, rng):
    r = np.hypot(x, y)
    d = np.maximum(r - 0.9, rng.uniform(0.36, 0.62) - r)
    return d, plate(d, 0.12, 0.05)


def split_washer(x, y, rng):
    r = np.hypot(x, y)
    inner = rng.uniform(0.46, 0.62)
    d = np.maximum(r - 0.9, inner - r)
    gx, gy = turned(x - 0.75, y, rng.uniform(0.3, 0.6))
    gap = box(gx, gy, 0.6, rng.uniform(0.045, 0.085))
    d = np.maximum(d, -gap)
    lift = 0.08 * np.arctan2(y, x) / np.pi  # the ends of the coil do not meet
    return d, plate(d, 0.2, 0.07) * (1 + lift)


def toothed_washer(x, y, rng):
    r, a = np.hypot(x, y), np.arctan2(y, x)
    teeth = rng.integers(9, 15)
    wave = np.clip(np.cos(teeth * a) * 2.2 + 0.5, -1, 1)
    if rng.random() < 0.5:  # teeth outside
        d = np.maximum(r - 0.82 - 0.11 * wave, rng.uniform(0.44, 0.55) - r)
    else:  # teeth inside
        d = np.maximum(r - 0.9, rng.uniform(0.5, 0.56) - 0.11 * wave - r)
    twist = 0.06 * np.sin(teeth * a + 1.2)
    return d, plate(d, 0.13, 0.05) * (1 + 3 * twist)


def ball_bearing(x, y, rng):
    r = np.hypot(x, y)
    bore = rng.uniform(0.28, 0.4)
    outer = np.abs(r - 0.84) - 0.11
    inner = np.abs(r - bore - 0.09) - 0.09
    pitch = (0.73 + bore + 0.18) / 2
    ball = min(0.15, (0.73 - bore - 0.18) / 2 + 0.03)
    balls = spokes(x, y, rng.integers(7, 11), pitch)
    d = np.maximum(r - 0.95, bore - r)
    h = np.maximum(plate(outer, 0.25, 0.05), plate(inner, 0.25, 0.05))
    h = np.maximum(h, 0.03)
    if rng.random() < 0.75:
        return d, np.maximum(h, 0.02 + tube(balls, ball))
    shield = np.abs(r - pitch) - (0.73 - bore - 0.18) / 2  # closed by a shield
    return d, np.maximum(h, plate(shield, 0.14, 0.04))


def flange(x, y, rng):
    r = np.hypot(x, y)
    bore = rng.uniform(0.2, 0.34)
    holes = spokes(x, y, rng.integers(4, 9), 0.72)
    d = np.maximum(np.maximum(r - 0.95, bore - r), rng.uniform(0.08, 0.12) - holes)
    collar = np.maximum(r - bore - 0.16, bore - r)
    return d, plate(d, 0.14, 0.05) + plate(collar, 0.16, 0.06)


def circlip(x, y, rng):
    r, a = np.hypot(x, y), np.arctan2(y, x)
    width = rng.uniform(0.075, 0.12)
    gap = rng.uniform(0.3, 0.5)
    ring = np.maximum(np.abs(r - 0.82) - width, (gap - np.abs(a)) * r)
    side = -1 if rng.random() < 0.5 else 1  # lugs inside or outside
    reach = 0.82 + side * 0.09
    lx, ly = reach * np.cos(gap), reach * np.sin(gap)
    lug = np.hypot(x - lx, np.abs(y) - ly)
    d = np.maximum(np.minimum(ring, lug - 0.17), 0.065 - lug)
    return d, plate(d, 0.12, 0.05)


def cam(x, y, rng):
    reach, nose = rng.uniform(0.42, 0.62), rng.uniform(0.16, 0.26)
    # A tapered capsule: base circle blended into a smaller nose circle.
    x = x + 0.32
    t = np.clip(x / (reach + 0.35), 0, 1)
    d = np.hypot(x - t * (reach + 0.35), y) - (0.6 - (0.6 - nose) * t)
    bore = np.hypot(x, y)
    d = np.maximum(d, rng.uniform(0.17, 0.27) - bore)
    d = np.maximum(d, -box(x, y - 0.26, 0.06, 0.08))
    return d, plate(d, 0.24, 0.07)


def impeller(x, y, rng):
    r, a = np.hypot(x, y), np.arctan2(y, x)
    blades = rng.integers(3, 7)
    sweep = rng.choice([-1, 1]) * rng.uniform(0.5, 1.1)
    sector = TAU / blades
    b = np.mod(a + sweep * r + sector / 2, sector) - sector / 2
    half = sector * rng.uniform(0.26, 0.36)
    blade = np.maximum((np.abs(b) - half) * r, r - 0.95)
    hub = r - rng.uniform(0.24, 0.33)
    d = np.maximum(np.minimum(blade, hub), 0.09 - r)
    pitch = 0.07 + 0.13 * (b / half * 0.5 + 0.5)  # blades lean
    h = np.maximum(ramp(-blade / 0.05) * pitch, plate(hub, 0.3, 0.1))
    return d, h


# --- nuts and screw heads -------------------------------------------------------


def threaded_bore(r, bore, d, h):
    d = np.maximum(d, bore - r)
    step = 0.05 * np.cos((r - bore) * 60) * (r < bore + 0.1)
    return d, np.minimum(h, plate(d, 0.3, 0.08) + step)


def hex_nut(x, y, rng):
    r = np.hypot(x, y)
    d = polygon(x, y, 6, 0.8)
    h = np.minimum(plate(d, 0.34, 0.04), 0.1 + 1.2 * np.clip(1.0 - r, 0, 0.2))
    return threaded_bore(r, rng.uniform(0.36, 0.5), d, h)


def square_nut(x, y, rng):
    r = np.hypot(x, y)
    d = box(x, y, 0.72, 0.72, 0.04)
    h = np.minimum(plate(d, 0.34, 0.04), 0.1 + 1.2 * np.clip(1.05 - r, 0, 0.2))
    return threaded_bore(r, rng.uniform(0.34, 0.48), d, h)


def wing_nut(x, y, rng):
    r = np.hypot(x, y)
    lean = rng.uniform(0.15, 0.45)
    wing = np.inf
    for side in (-1, 1):
        wx, wy = turned(side * x - 0.62, y - lean * 0.5, lean)
        wing = np.minimum(wing, (np.hypot(wx / 0.36, wy / 0.2) - 1) * 0.22)
    arm = segment(x, y, -0.5, lean * 0.3, 0.5, lean * 0.3) - 0.13
    hub = r - 0.36
    d = np.minimum(np.minimum(wing, arm), hub)
    h = np.maximum(plate(np.minimum(wing, arm), 0.16, 0.09), plate(hub, 0.32, 0.08))
    bore = rng.uniform(0.15, 0.21)
    return np.maximum(d, bore - r), h * ramp((r - bore) / 0.05)


def screw_head(x, y, recess, rng):
    r = np.hypot(x, y)
    d = r - 0.86
    dome = rng.uniform(0.0, 0.3)
    h = plate(d, 0.2, 0.09) + dome * np.clip(1 - r * r, 0, 1)
    return d, h - rng.uniform(0.14, 0.22) * ramp(-recess / 0.04 + 0.3)


def slotted_head(x, y, rng):
    reach = 1.2 if rng.random() < 0.6 else 0.62
    return screw_head(x, y, box(x, y, reach, rng.uniform(0.07, 0.12)), rng)


def cross_head(x, y, rng):
    reach, half = rng.uniform(0.48, 0.62), rng.uniform(0.07, 0.12)
    arms = np.minimum(box(x, y, reach, half), box(x, y, half, reach))
    return screw_head(x, y, np.minimum(arms, np.hypot(x, y) - half * 1.9), rng)


def socket_head(x, y, rng):
    sides = polygon(x, y, 6, rng.uniform(0.36, 0.48))
    return screw_head(x, y, sides, rng)


# --- long parts -----------------------------------------------------------------


def hex_bolt(x, y, rng):
    radius, pitch = rng.uniform(0.17, 0.25), rng.uniform(0.085, 0.12)
    start = rng.uniform(-0.5, -0.1)  # plain shank before the thread
    thread = np.sin((x + y * 0.15) * TAU / pitch)
    notch = 0.03 * thread * ramp((x - start) / 0.03)
    shank = np.maximum(np.abs(y) - radius - notch, np.abs(x - 0.14) - 0.8)
    head = box(x + 0.78, y, 0.16, radius * 1.85, 0.03)
    facets = radius * 1.3 * np.clip(1.5 - np.abs(y) / radius / 1.2, 0.4, 1)
    h = np.maximum(tube(y, radius) * (shank < 0) + notch * 0.8, 0)
    return np.minimum(shank, head), np.maximum(h, plate(head, 1, 0.05) * facets)


def wood_screw(x, y, rng):
    radius, pitch = rng.uniform(0.16, 0.22), rng.uniform(0.13, 0.18)
    taper = np.clip((0.95 - x) / rng.uniform(0.9, 1.3), 0, 1) ** 0.7
    thread = np.sin((x + y * 0.3) * TAU / pitch)
    notch = 0.055 * thread * ramp((x + 0.45) / 0.05)
    core = radius * taper
    shank = np.maximum(np.abs(y) - core - notch * taper, np.abs(x - 0.02) - 0.93)
    cone = np.clip((-0.55 - x) / 0.36, 0, 1) * radius * 1.3  # countersunk head
    head = np.maximum(np.abs(y) - core - cone, np.abs(x + 0.75) - 0.2)
    h = tube(y, core + 0.01) + notch * 0.9 * taper
    h = np.maximum(h * (shank < 0), tube(y, core + cone) * (head < 0))
    return np.minimum(shank, head), np.maximum(h, 0)


def compression_spring(x, y, rng):
    coils, radius = rng.integers(5, 10), rng.uniform(0.3, 0.46)
    pitch = 1.84 / coils
    wire = pitch * rng.uniform(0.2, 0.29)
    d, h = np.inf, 0.0
    for lean, base in ((-1, 0.0), (1, radius)):  # far side of the coil, near side
        s = (x + 0.92) / pitch + lean * 0.25 * y / radius + (0.25 if lean > 0 else 0.75)
        across = np.abs(np.mod(s, 1) - 0.5) * pitch
        strand = np.maximum(across - wire, np.abs(y) - radius)
        strand = np.maximum(strand, np.abs(x) - 0.95)
        bulge = lean * 0.5 * tube(y, radius * 1.02)
        d = np.minimum(d, strand)
        h = np.maximum(h, (base + bulge + tube(across, wire)) * (strand < 0))
    return d, h


def hex_key(x, y, rng):
    short, bar = rng.uniform(0.45, 0.75), rng.uniform(0.07, 0.11)
    bend = 0.2
    x, y = x + 0.1, y + short * 0.45
    long_leg = segment(x, y, -0.8 + bend, 0, 1.0, 0)
    short_leg = segment(x, y, -0.8, bend, -0.8, short)
    cx, cy = x + 0.8 - bend, y - bend
    corner = np.where((cx < 0) & (cy < 0), np.abs(np.hypot(cx, cy) - bend), np.inf)
    axis = np.minimum(np.minimum(long_leg, short_leg), corner)
    return axis - bar, np.minimum(tube(axis, bar * 1.05), bar * 0.75) * 1.4


def spanner(x, y, rng, jaw):
    """A handle with `jaw(x, y, size) -> d` on one end or on both."""
    both = rng.random() < 0.5
    size = rng.uniform(0.26, 0.33)
    handle = box(x, y, 0.66, rng.uniform(0.085, 0.13), 0.05)
    ends = jaw(x + 0.66, y, size, -1)
    bore = [(-0.66, size)]
    if both:
        ends = np.minimum(ends, jaw(x - 0.7, y, size * 0.85, 1))
        bore.append((0.7, size * 0.85))
    else:
        round_end = np.hypot(x - 0.78, y)
        handle = np.minimum(handle, round_end - 0.16)
        handle = np.maximum(handle, 0.07 - round_end)  # the hole it hangs by
    for cx, s in bore:  # the handle stops where the jaw begins
        handle = np.maximum(handle, s * 0.9 - np.hypot(x - cx, y))
    d = np.minimum(handle, ends)
    return d, np.maximum(plate(handle, 0.13, 0.07), plate(ends, 0.2, 0.06))


def open_spanner(x, y, rng):
    tilt = rng.uniform(-0.3, 0.3)

    def jaw(x, y, size, side):
        x, y = turned(x, y, tilt)
        slot = box(x - side * size * 0.75, y, size * 0.85, size * 0.5, 0.02)
        return np.maximum(np.hypot(x, y * 0.95) - size, -slot)

    return spanner(x, y, rng, jaw)


def ring_spanner(x, y, rng):
    sides = 6 if rng.random() < 0.5 else 12

    def jaw(x, y, size, side):
        hole = polygon(x, y, sides, size * 0.6)
        return np.maximum(np.hypot(x, y) - size, -hole)

    return spanner(x, y, rng, jaw)


def chain_link(x, y, rng):
    eye, waist = rng.uniform(0.36, 0.44), rng.uniform(0.1, 0.24)
    ends = np.hypot(np.abs(x) - 0.54, y)
    body = box(x, y, 0.54, waist)
    # Blend of the two eyes and the waist (a polynomial smooth minimum).
    k = 0.22
    mix = np.clip(0.5 + 0.5 * (body - (ends - eye)) / k, 0, 1)
    d = body * (1 - mix) + (ends - eye) * mix - k * mix * (1 - mix)
    hole = rng.uniform(0.15, 0.21)
    if rng.random() < 0.35:  # riveted pins instead of open holes
        return d, plate(d, 0.14, 0.06) + plate(ends - hole, 0.14, 0.08)
    d = np.maximum(d, hole - ends)
    return d, plate(d, 0.14, 0.06)


# --- pipe fittings --------------------------------------------------------------


def pipe_elbow(x, y, rng):
    radius = rng.uniform(0.24, 0.31)
    collar = radius * rng.uniform(1.18, 1.35)
    cx, cy = x + 0.6, y + 0.6  # the bend turns around this corner
    r = np.hypot(cx, cy)
    inside = (cx > 0) & (cy > 0)
    axis = np.where(inside, np.abs(r - 0.72), np.where(cx > cy, np.abs(cx - 0.72), np.abs(cy - 0.72)))
    end = np.minimum(cx, cy) + 0.3  # how far past the two mouths
    d = np.maximum(axis - radius, -end)
    lip = np.maximum(axis - collar, np.maximum(-end, end - 0.2))
    h = np.maximum(tube(axis, radius) * (d < 0), tube(axis, collar) * (lip < 0))
    return np.minimum(d, lip), h


def pipe_tee(x, y, rng):
    radius = rng.uniform(0.23, 0.29)
    collar = radius * rng.uniform(1.18, 1.35)
    y = y + 0.3
    run = np.maximum(np.abs(y) - radius, np.abs(x) - 0.9)
    leg = np.maximum(np.abs(x) - radius, np.abs(y - 0.5) - 0.55)
    lips = np.maximum(np.abs(y) - collar, np.abs(np.abs(x) - 0.8) - 0.11)
    leg_lip = np.maximum(np.abs(x) - collar, np.abs(y - 0.94) - 0.11)
    h = np.maximum(tube(y, radius) * (run < 0), tube(x, radius) * (leg < 0))
    h = np.maximum(h, tube(y, collar) * (lips < 0))
    h = np.maximum(h, tube(x, collar) * (leg_lip < 0))
    return np.minimum(np.minimum(run, leg), np.minimum(lips, leg_lip)), h


# Class numbers are positions in this list.
PARTS = [
    ("spur gear", spur_gear),
    ("sprocket", sprocket),
    ("flat washer", flat_washer),
    ("split washer", split_washer),
    ("toothed washer", toothed_washer),
    ("ball bearing", ball_bearing),
    ("flange", flange),
    ("circlip", circlip),
    ("cam", cam),
    ("impeller", impeller),
    ("hex nut", hex_nut),
    ("square nut", square_nut),
    ("wing nut", wing_nut),
    ("slotted head", slotted_head),
    ("cross head", cross_head),
    ("socket head", socket_head),
    ("hex bolt", hex_bolt),
    ("wood screw", wood_screw),
    ("compression spring", compression_spring),
    ("hex key", hex_key),
    ("open spanner", open_spanner),
    ("ring spanner", ring_spanner),
    ("chain link", chain_link),
    ("pipe elbow", pipe_elbow),
    ("pipe tee", pipe_tee),
]
