export default {
  "ahead.title": "Somebody was ahead of you",
  "ahead.by": "{who} saved this on {when}, after you opened it.",
  "ahead.somebody": "This was saved by somebody else after you opened it.",
  "ahead.fields": "Changed: {fields}",
  "ahead.choice": "Nothing of yours was saved. Load what stands now? Your own entries on this page are then gone.",
  "ahead.load": "Load what stands now",
};
