using QueryStream.Local;
using QueryStream.Samples.CustomConnector;

return await LocalJob.RunAsync(new ProcessJob(), args);
