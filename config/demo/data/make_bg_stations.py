"""Writes `bg_stations.csv` beside this file: about 600 polling stations over real districts and municipalities of Bulgaria.

The places are real, everything inside them is ours: buildings, streets, numbers, voters, exact positions. The nine digits of
a section follow the Bulgarian pattern: district, municipality in the district, city ward (00 outside large cities), running
number. Run it again and the file is the same: `python config/demo/data/make_bg_stations.py`.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path

TARGET = Path(__file__).with_name("bg_stations.csv")
SEED = 20_27
COLUMNS = (
    "code", "name", "address", "municipality", "district", "settlement", "ward",
    "latitude", "longitude", "setting", "kind", "voters",
)  # fmt: skip

# district number, district, [(municipality number, municipality, latitude, longitude, {settlement: stations})]
PLACES: list[tuple[int, str, list[tuple[int, str, float, float, dict[str, int]]]]] = [
    (2, "Бургас", [
        (2, "Бургас", 42.50, 27.47, {"гр. Бургас": 34, "гр. Българово": 2, "с. Рудник": 2, "с. Равнец": 1}),
        (4, "Карнобат", 42.65, 26.98, {"гр. Карнобат": 9, "с. Екзарх Антимово": 1, "с. Крумово градище": 1}),
        (6, "Несебър", 42.66, 27.73, {"гр. Несебър": 8, "гр. Обзор": 2, "гр. Свети Влас": 3, "с. Равда": 2}),
        (9, "Руен", 42.80, 27.28, {"с. Руен": 3, "с. Трънак": 2, "с. Просеник": 2, "с. Люляково": 2}),
        (10, "Созопол", 42.42, 27.69, {"гр. Созопол": 5, "гр. Черноморец": 2, "с. Росен": 1}),
    ]),
    (3, "Варна", [
        (2, "Аксаково", 43.25, 27.82, {"гр. Аксаково": 6, "гр. Игнатиево": 4, "с. Осеново": 1, "с. Кичево": 1}),
        (5, "Варна", 43.21, 27.91, {
            "гр. Варна, район Одесос": 12, "гр. Варна, район Приморски": 14, "гр. Варна, район Младост": 11,
            "гр. Варна, район Владислав Варненчик": 6, "гр. Варна, район Аспарухово": 5, "с. Тополи": 2, "с. Каменар": 1}),
        (9, "Долни чифлик", 42.99, 27.72, {"гр. Долни чифлик": 4, "с. Гроздьово": 2, "с. Старо Оряхово": 2}),
        (11, "Провадия", 43.18, 27.44, {"гр. Провадия": 8, "с. Блъсково": 1, "с. Градинарово": 1}),
    ]),
    (4, "Велико Търново", [
        (1, "Велико Търново", 43.08, 25.63, {
            "гр. Велико Търново": 26, "гр. Дебелец": 3, "гр. Килифарево": 2, "с. Арбанаси": 1, "с. Ресен": 2, "с. Самоводене": 2}),
        (2, "Горна Оряховица", 43.13, 25.69, {"гр. Горна Оряховица": 14, "гр. Долна Оряховица": 2, "с. Драганово": 2}),
        (3, "Елена", 42.93, 25.88, {"гр. Елена": 5, "с. Майско": 1, "с. Константин": 1}),
        (5, "Лясковец", 43.11, 25.71, {"гр. Лясковец": 6, "с. Джулюница": 2, "с. Козаревец": 1}),
        (8, "Свищов", 43.62, 25.35, {"гр. Свищов": 11, "с. Вардим": 1, "с. Козловец": 1, "с. Ореш": 1}),
    ]),
    (5, "Видин", [
        (1, "Белоградчик", 43.63, 22.68, {"гр. Белоградчик": 4, "с. Рабиша": 1, "с. Дъбравка": 1}),
        (4, "Видин", 43.99, 22.87, {"гр. Видин": 17, "гр. Дунавци": 2, "с. Капитановци": 1, "с. Покрайна": 1}),
    ]),
    (7, "Габрово", [
        (1, "Габрово", 42.87, 25.33, {"гр. Габрово": 21, "с. Поповци": 1, "с. Враниловци": 1, "с. Драгановци": 1}),
        (2, "Дряново", 42.98, 25.47, {"гр. Дряново": 6, "с. Царева ливада": 1}),
        (3, "Севлиево", 43.03, 25.11, {"гр. Севлиево": 12, "с. Градница": 1, "с. Душево": 1, "с. Крамолин": 1}),
        (4, "Трявна", 42.87, 25.50, {"гр. Трявна": 6, "гр. Плачковци": 2, "с. Белица": 1}),
    ]),
    (9, "Кърджали", [
        (4, "Крумовград", 41.47, 25.65, {"гр. Крумовград": 5, "с. Аврен": 1, "с. Поточница": 1}),
        (5, "Кърджали", 41.64, 25.37, {"гр. Кърджали": 16, "с. Перперек": 1, "с. Енчец": 1, "с. Миладиново": 1}),
        (6, "Момчилград", 41.53, 25.41, {"гр. Момчилград": 6, "с. Груево": 1, "с. Звездел": 1}),
    ]),
    (16, "Пловдив", [
        (1, "Асеновград", 42.01, 24.88, {"гр. Асеновград": 16, "с. Нареченски бани": 1, "с. Избеглии": 1, "с. Боянци": 1}),
        (4, "Карлово", 42.64, 24.81, {"гр. Карлово": 10, "гр. Баня": 2, "гр. Клисура": 1, "с. Розино": 2, "с. Ведраре": 1}),
        (8, "Марица", 42.23, 24.75, {"с. Труд": 3, "с. Калековец": 2, "с. Войводиново": 2, "с. Рогош": 2}),
        (10, "Пловдив", 42.15, 24.75, {
            "гр. Пловдив, район Централен": 10, "гр. Пловдив, район Източен": 8, "гр. Пловдив, район Западен": 6,
            "гр. Пловдив, район Северен": 7, "гр. Пловдив, район Южен": 9, "гр. Пловдив, район Тракия": 8}),
        (12, "Раковски", 42.29, 24.97, {"гр. Раковски": 8, "с. Белозем": 2, "с. Стряма": 2}),
        (18, "Хисаря", 42.50, 24.71, {"гр. Хисаря": 5, "с. Красново": 1, "с. Паничери": 1}),
    ]),
    (18, "Русе", [
        (2, "Бяла", 43.46, 25.74, {"гр. Бяла": 6, "с. Ботров": 1, "с. Полско Косово": 1}),
        (3, "Ветово", 43.70, 26.27, {"гр. Ветово": 3, "гр. Глоджево": 2, "гр. Сеново": 1}),
        (5, "Иваново", 43.69, 25.95, {"с. Иваново": 1, "с. Щръклево": 2, "с. Пиргово": 1}),
        (6, "Русе", 43.85, 25.96, {"гр. Русе": 30, "гр. Мартен": 3, "с. Николово": 3, "с. Тетово": 1, "с. Червена вода": 1}),
    ]),
    (21, "Смолян", [
        (3, "Девин", 41.74, 24.40, {"гр. Девин": 6, "с. Гьоврен": 1, "с. Триград": 1}),
        (9, "Смолян", 41.58, 24.70, {"гр. Смолян": 14, "с. Широка лъка": 1, "с. Момчиловци": 1, "с. Смилян": 2}),
        (10, "Чепеларе", 41.73, 24.69, {"гр. Чепеларе": 5, "с. Хвойна": 1, "с. Павелско": 1}),
    ]),
    (22, "София (столица)", [
        (1, "Столична", 42.69, 23.32, {
            "гр. София, район Средец": 7, "гр. София, район Красно село": 9, "гр. София, район Подуяне": 8,
            "гр. София, район Лозенец": 6, "гр. София, район Надежда": 7, "гр. София, район Младост": 9,
            "гр. София, район Овча купел": 5, "гр. София, район Люлин": 9, "гр. Нови Искър": 3, "гр. Банкя": 3}),
    ]),
]  # fmt: skip

WARDS = {
    "Одесос": 1, "Приморски": 2, "Владислав Варненчик": 4, "Аспарухово": 5, "Централен": 1, "Източен": 2, "Западен": 3,
    "Северен": 4, "Южен": 5, "Тракия": 6, "Средец": 1, "Красно село": 2, "Подуяне": 6, "Лозенец": 9, "Надежда": 13,
    "Овча купел": 18, "Люлин": 19,
}  # fmt: skip
WARDS_BY_TOWN = {("Варна", "Младост"): 3, ("Столична", "Младост"): 15, ("Столична", "гр. Нови Искър"): 21, ("Столична", "гр. Банкя"): 24}

TREES = (
    "Зелена липа", "Бяла бреза", "Стария дъб", "Синя топола", "Златен клен", "Червен глог", "Тиха елха", "Млад бор",
    "Висок бук", "Дива круша", "Ясенова гора", "Върбова клонка", "Бадемов цвят", "Орехова градина", "Черничева алея",
)  # fmt: skip
STREETS = (
    "Речна", "Горска", "Полска", "Изворна", "Каменна", "Мостова", "Градинска", "Лозарска", "Пчелинска", "Воденична",
    "Хлебарска", "Грънчарска", "Слънчев бряг на реката", "Ранно утро", "Тих вятър", "Бяла вода", "Синя река", "Дъждовна",
)  # fmt: skip
TOWN_HOUSES = ('СУ "{}"', 'ОУ "{}"', 'ПГ "{}"', 'ДГ "{}"', 'Читалище "{}"', 'Спортна зала "{}"')
VILLAGE_HOUSES = ('НЧ "{} - 1921"', 'ОУ "{}"', "Сграда на кметството", "Пенсионерски клуб", 'Младежки дом "{}"')


def ward_of(municipality: str, settlement: str) -> int:
    """The number of the city ward, 0 outside the three cities that have wards."""
    ward = settlement.partition("район ")[2] or settlement
    return WARDS_BY_TOWN.get((municipality, ward), WARDS.get(ward, 0))


def stations() -> Iterator[dict[str, object]]:
    """All stations, in the order of their section numbers."""
    draw = random.Random(SEED)
    for district_no, district, municipalities in PLACES:
        for municipality_no, municipality, latitude, longitude, settlements in municipalities:
            running: dict[int, int] = {}
            for settlement, count in settlements.items():
                ward = ward_of(municipality, settlement)
                centre = (latitude, longitude) if settlement.startswith("гр.") else _away(draw, latitude, longitude)
                for house in _houses(draw, settlement, count):
                    position = (centre[0] + draw.uniform(-0.015, 0.015), centre[1] + draw.uniform(-0.02, 0.02))
                    for _section in range(house["sections"]):
                        running[ward] = running.get(ward, 0) + 1
                        yield {
                            "code": f"{district_no:02}{municipality_no:02}{ward:02}{running[ward]:03}",
                            "name": house["name"],
                            "address": house["address"],
                            "municipality": municipality,
                            "district": district,
                            "settlement": settlement.partition(", район")[0],
                            "ward": settlement.partition("район ")[2],
                            "latitude": f"{position[0]:.5f}",
                            "longitude": f"{position[1]:.5f}",
                            "setting": "urban" if settlement.startswith("гр.") else "rural",
                            "kind": house["kind"],
                            "voters": _voters(draw, settlement, house["kind"]),
                        }


def _away(draw: random.Random, latitude: float, longitude: float) -> tuple[float, float]:
    return latitude + draw.choice([-1, 1]) * draw.uniform(0.03, 0.10), longitude + draw.choice([-1, 1]) * draw.uniform(0.03, 0.12)


def _houses(draw: random.Random, settlement: str, count: int) -> Iterator[dict]:
    """Buildings that hold `count` sections together: in towns one to four in a building, in villages mostly one."""
    town = settlement.startswith("гр.")
    while count:
        sections = min(count, draw.choice([1, 1, 2, 2, 3, 4]) if town else draw.choice([1, 1, 1, 2]))
        name = draw.choice(TOWN_HOUSES if town else VILLAGE_HOUSES).format(draw.choice(TREES))
        kind = "ordinary"
        if town and sections == 1 and draw.random() < 0.10:
            kind = draw.choice(["hospital_or_care", "hospital_or_care", "mobile_only"])
            name = f'Дом за възрастни хора "{draw.choice(TREES)}"' if kind == "hospital_or_care" else "Подвижна секция"
        street = draw.choice(STREETS)
        address = f'ул. "{street}" № {draw.randint(1, 78)}'
        if draw.random() < 0.12:
            address += f", вход {draw.choice('АБВ')}"
        if draw.random() < 0.10:
            address += ', /двора на бившата "Мелница"/'
        yield {"name": name, "address": f"{settlement}, {address}", "kind": kind, "sections": sections}
        count -= sections


def _voters(draw: random.Random, settlement: str, kind: str) -> int:
    if kind != "ordinary":
        return draw.randint(14, 130)
    return draw.randint(480, 985) if settlement.startswith("гр.") else draw.randint(70, 620)


def main() -> None:
    """Write the file."""
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(stations())


if __name__ == "__main__":
    main()
