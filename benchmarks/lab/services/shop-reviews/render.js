'use strict';

function renderReview(review) {
  return { id: review.id, stars: review.stars, text: review.text };
}

module.exports = { renderReview };
