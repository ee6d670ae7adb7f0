exports.handler = async () => [];
