export default {
  "hours.opens": "from",
  "hours.closes": "to",
};
