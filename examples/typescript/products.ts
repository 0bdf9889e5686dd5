// A catalogue of products: Prisma for the shop, knex for the reports.
import { Prisma, PrismaClient } from "@prisma/client";
import createKnex from "knex";

const prisma = new PrismaClient();
const knex = createKnex({ client: "pg", connection: process.env.DATABASE_URL });

enum Period {
  Day = "day",
  Week = "week",
  Month = "month",
}

interface Search {
  term: string;
  category?: string;
  sort: string;
  limit: number;
}

// Good: Prisma's tag binds every hole.
export async function byName(name: string): Promise<unknown> {
  return prisma.$queryRaw`SELECT id, name, price FROM products WHERE name = ${name}`;
}

// Good: fragments that are tags themselves.
export async function filtered(search: Search): Promise<unknown> {
  const category = search.category ? Prisma.sql`AND category = ${search.category}` : Prisma.empty;
  return prisma.$queryRaw(
    Prisma.sql`SELECT id, name FROM products WHERE name ILIKE ${`%${search.term}%`} ${category} LIMIT ${search.limit}`,
  );
}

// Bad: the function with "Unsafe" in its name binds nothing.
export async function search({ term, category }: Search): Promise<unknown> {
  const conditions = [`name ILIKE '%${term}%'`];
  if (category) {
    conditions.push("category = '" + category + "'");
  }
  return prisma.$queryRawUnsafe(`SELECT id, name FROM products WHERE ${conditions.join(" AND ")}`);
}

// Bad: a tag that binds does not help a hole that asks for raw text.
export async function sorted(column: string): Promise<unknown> {
  return prisma.$queryRaw`SELECT id, name FROM products ORDER BY ${Prisma.raw(column)}`;
}

// Good: the members of an enum are constants.
export async function sales(period: Period): Promise<unknown> {
  const unit = { [Period.Day]: "day", [Period.Week]: "week", [Period.Month]: "month" }[period];
  return knex("sales").select(knex.raw("date_trunc(?, sold_at) AS period", [unit])).sum("amount").groupBy("period");
}

// Good: knex quotes a name for two question marks.
export async function column(name: string): Promise<unknown> {
  return knex.raw("SELECT ?? FROM products", [name]);
}

// Bad: the name of the supplier is part of the condition.
export async function ofSupplier(supplier: string): Promise<unknown> {
  return knex("products").whereRaw(`supplier = '${supplier}'`).orderBy("name");
}
