exports.handler = async () => 'done';
