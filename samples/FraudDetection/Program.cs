using QueryStream.Local;
using QueryStream.Samples.FraudDetection;

return await LocalJob.RunAsync(new FraudDetectionJob(), args);
