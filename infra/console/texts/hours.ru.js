export default {
  "hours.opens": "с",
  "hours.closes": "до",
};
