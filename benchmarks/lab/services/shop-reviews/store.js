'use strict';

const WORDS = ['sturdy', 'light', 'useful', 'too small', 'as described', 'a gift', 'broke soon', 'lovely'];

// Authors may have left: their reviews stay, without a name.
function reviewsOf(product) {
  const count = product % 5;
  return Array.from({ length: count }, (_, i) => ({
    id: product * 10 + i,
    stars: 1 + ((product + i * 3) % 5),
    text: WORDS[(product * 7 + i) % WORDS.length],
    author: (product + i) % 9 === 0 ? null : { id: 100 + ((product * 13 + i) % 800), name: `Reader ${(product + i) % 300}` },
  }));
}

module.exports = { reviewsOf };
