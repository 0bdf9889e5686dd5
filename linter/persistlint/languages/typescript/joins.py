"""Where a program in TypeScript makes a text of values: where one in JavaScript does."""

from persistlint.languages.javascript.joins import joins as joins
