import type { Faker } from '@faker-js/faker';
import { faker as czechia } from '@faker-js/faker/locale/cs_CZ';
import { faker as germany } from '@faker-js/faker/locale/de';
import { faker as india } from '@faker-js/faker/locale/en_IN';
import { faker as states } from '@faker-js/faker/locale/en_US';
import { faker as spain } from '@faker-js/faker/locale/es';
import { faker as finland } from '@faker-js/faker/locale/fi';
import { faker as france } from '@faker-js/faker/locale/fr';
import { faker as indonesia } from '@faker-js/faker/locale/id_ID';
import { faker as italy } from '@faker-js/faker/locale/it';
import { faker as poland } from '@faker-js/faker/locale/pl';
import { faker as brazil } from '@faker-js/faker/locale/pt_BR';
import { faker as turkey } from '@faker-js/faker/locale/tr';
import { faker as nigeria } from '@faker-js/faker/locale/yo_NG';
import { faker as southAfrica } from '@faker-js/faker/locale/zu_ZA';
import type { Chance } from './chance.ts';

export interface Name {
  name: string;
  /** The same in plain letters, given name first. */
  plain: string;
  /** Hours that the clock there is ahead of UTC, about. */
  zone: number;
}

/** Names in other scripts, with how they are read. */
const written: { zone: number; family: string; given: string; givenFirst?: true }[] = [
  {
    zone: 9,
    family:
      '佐藤 Sato|鈴木 Suzuki|高橋 Takahashi|田中 Tanaka|渡辺 Watanabe|山本 Yamamoto|中村 Nakamura|小林 Kobayashi|森 Mori|清水 Shimizu',
    given: '陽菜 Hina|結衣 Yui|葵 Aoi|健太 Kenta|翔 Sho|美咲 Misaki|大輔 Daisuke|直樹 Naoki|さくら Sakura|恵 Megumi',
  },
  {
    zone: 8,
    family: '王 Wang|李 Li|张 Zhang|刘 Liu|陈 Chen|杨 Yang|赵 Zhao|黄 Huang|周 Zhou|吴 Wu',
    given: '伟 Wei|芳 Fang|娜 Na|静 Jing|磊 Lei|洋 Yang|婷 Ting|明 Ming|雪 Xue|思远 Siyuan',
  },
  {
    zone: 9,
    family: '김 Kim|이 Lee|박 Park|최 Choi|정 Jung|강 Kang|조 Cho|윤 Yoon|장 Jang|임 Lim',
    given: '서연 Seoyeon|민준 Minjun|지우 Jiwoo|하은 Haeun|도윤 Doyun|수빈 Subin|예준 Yejun|지민 Jimin|유나 Yuna|현우 Hyunwoo',
  },
  {
    zone: 3,
    family: 'حداد Haddad|خوري Khoury|منصور Mansour|السيد Elsayed|ناصر Nasser|فارس Fares|سالم Salem|عزيز Aziz|حسن Hassan|زيدان Zidan',
    given: 'ليلى Layla|يوسف Youssef|مريم Maryam|عمر Omar|سلمى Salma|كريم Karim|نور Nour|طارق Tarek|هدى Huda|سامي Sami',
    givenFirst: true,
  },
  {
    zone: 5.5,
    family: 'शर्मा Sharma|पटेल Patel|सिंह Singh|गुप्ता Gupta|वर्मा Verma|जोशी Joshi|मिश्रा Mishra|नायर Nair|राव Rao|दास Das',
    given: 'अनन्या Ananya|आरव Aarav|प्रिया Priya|रोहन Rohan|मीरा Meera|अर्जुन Arjun|काव्या Kavya|विवेक Vivek|नेहा Neha|राहुल Rahul',
    givenFirst: true,
  },
  {
    zone: 2,
    family:
      'Коваль Koval|Шевченко Shevchenko|Бондар Bondar|Мельник Melnyk|Ткач Tkach|Кравець Kravets|Лисенко Lysenko|Савченко Savchenko|Гончар Honchar|Павленко Pavlenko',
    given:
      'Оксана Oksana|Тарас Taras|Марія Mariia|Андрій Andrii|Леся Lesia|Богдан Bohdan|Софія Sofiia|Данило Danylo|Ірина Iryna|Остап Ostap',
    givenFirst: true,
  },
];

const spoken: { faker: Faker; zone: number; weight: number }[] = [
  { faker: states, zone: -6, weight: 10 },
  { faker: germany, zone: 1, weight: 7 },
  { faker: spain, zone: 1, weight: 6 },
  { faker: brazil, zone: -3, weight: 6 },
  { faker: india, zone: 5.5, weight: 5 },
  { faker: france, zone: 1, weight: 5 },
  { faker: nigeria, zone: 1, weight: 5 },
  { faker: poland, zone: 1, weight: 4 },
  { faker: italy, zone: 1, weight: 4 },
  { faker: czechia, zone: 1, weight: 4 },
  { faker: turkey, zone: 3, weight: 4 },
  { faker: indonesia, zone: 7, weight: 4 },
  { faker: southAfrica, zone: 2, weight: 3 },
  { faker: finland, zone: 2, weight: 3 },
];

/** Names from many places, the same for the same seed. */
export function createNames(seed: number, chance: Chance): () => Name {
  for (const { faker } of spoken) faker.seed(seed);
  const latin = spoken.map((place) => ({ value: place, weight: place.weight }));
  return () => (chance.is(0.25) ? writtenName(chance) : spokenName(chance.weighted(latin)));
}

function spokenName({ faker, zone }: { faker: Faker; zone: number }): Name {
  const name = `${faker.person.firstName()} ${faker.person.lastName()}`;
  return { name, plain: name, zone };
}

function writtenName(chance: Chance): Name {
  const { family, given, givenFirst, zone } = chance.pick(written);
  const [last = '', lastRead = ''] = chance.pick(family.split('|')).split(' ');
  const [first = '', firstRead = ''] = chance.pick(given.split('|')).split(' ');
  return { name: givenFirst ? `${first} ${last}` : `${last} ${first}`, plain: `${firstRead} ${lastRead}`, zone };
}
