"""What Shopify measures in which units, by type, and the short names that people use for them.

Names are those of the list of data types on shopify.dev; a unit is stored in capitals, as the
recordings show. Short names are the vendor's own (its lists tell `kg` and `ml`) and the usual
ones; no short name means two units of one type.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_TIMES: Final = ("day", "hour", "minute", "second")

UNITS: Final[Mapping[str, tuple[str, ...]]] = {
    name: tuple(units.split())
    for name, units in {
        "antenna_gain": "decibels_isotropic decibels_dipole",
        "area": "square_centimeters square_feet square_inches square_meters square_yards",
        "battery_charge_capacity": "milliamp_hours",
        "battery_energy_capacity": "watt_hours",
        "capacitance": "picofarads nanofarads microfarads farads",
        "concentration": "milligrams_per_gram milligrams_per_milliliter",
        "data_storage_capacity": "bytes kilobytes megabytes gigabytes terabytes",
        "data_transfer_rate": (
            "bits_per_second kilobits_per_second megabits_per_second gigabits_per_second"
        ),
        "dimension": "inches feet yards millimeters centimeters meters",
        "display_density": "pixels_per_inch dots_per_inch",
        "distance": "kilometers miles",
        "duration": "nanoseconds microseconds milliseconds seconds minutes hours days months years",
        "electric_current": "milliamperes amperes kiloamperes",
        "electrical_resistance": "ohms kiloohms",
        "energy": "joules calories kilojoules kilocalories",
        "frequency": "hertz kilohertz megahertz gigahertz",
        "illuminance": "lux foot_candles",
        "inductance": "microhenries millihenries henries",
        "luminous_flux": "lumens",
        "mass_flow_rate": " ".join(
            f"{mass}_per_{time}"
            for mass in ("grams", "ounces", "pounds", "kilograms", "tons", "tonnes")
            for time in _TIMES
        ),
        "power": "milliwatts watts horsepower kilowatts",
        "pressure": "pounds_per_square_inch bars",
        "resolution": "pixels megapixels",
        "rotational_speed": "revolutions_per_minute",
        "sound_level": "decibels",
        "speed": "kilometers_per_hour feet_per_second miles_per_hour meters_per_second",
        "temperature": "celsius fahrenheit kelvin",
        "thermal_power": "british_thermal_units_per_hour kilowatts tons_of_refrigeration",
        "voltage": "volts",
        "volume": (
            "milliliters centiliters liters cubic_meters us_fluid_ounces us_pints us_quarts"
            " us_gallons imperial_fluid_ounces imperial_pints imperial_quarts imperial_gallons"
        ),
        "volumetric_flow_rate": " ".join(
            f"{volume}_per_{time}"
            for volume in ("liters", "gallons", "cubic_feet", "cubic_meters")
            for time in _TIMES[1:]
        ),
        "weight": "ounces pounds grams kilograms",
    }.items()
}

SHORT: Final[Mapping[str, str]] = {
    "g": "grams", "kg": "kilograms", "oz": "ounces", "lb": "pounds",
    "ml": "milliliters", "cl": "centiliters", "l": "liters", "m3": "cubic_meters",
    "us_fl_oz": "us_fluid_ounces", "us_pt": "us_pints", "us_qt": "us_quarts",
    "us_gal": "us_gallons", "imp_fl_oz": "imperial_fluid_ounces", "imp_pt": "imperial_pints",
    "imp_qt": "imperial_quarts", "imp_gal": "imperial_gallons",
    "mm": "millimeters", "cm": "centimeters", "m": "meters", "in": "inches", "ft": "feet",
    "yd": "yards", "km": "kilometers", "mi": "miles", "s": "seconds", "min": "minutes",
    "h": "hours", "w": "watts", "kw": "kilowatts", "v": "volts", "hz": "hertz", "khz": "kilohertz",
    "mhz": "megahertz", "ghz": "gigahertz", "kb": "kilobytes", "mb": "megabytes",
    "gb": "gigabytes", "tb": "terabytes", "db": "decibels", "rpm": "revolutions_per_minute",
}  # fmt: skip
"""Short name → unit, wherever a type has that unit."""


def unit_of(type_: str, said: str) -> str | None:
    """The unit that is meant, as Shopify stores it; None where the type has no such unit."""
    name = said.strip().lower().replace(" ", "_")
    name = SHORT.get(name, name)
    return name.upper() if name in UNITS[type_] else None


def shortest(unit: str) -> str:
    """How people say a stored unit."""
    name = unit.lower()
    return next((short for short, long in SHORT.items() if long == name), name)
