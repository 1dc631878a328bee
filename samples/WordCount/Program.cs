using QueryStream.Local;
using QueryStream.Samples.WordCount;

// For "dotnet run" and debuggers. "querystream run WordCount.dll" creates the job itself.
return await LocalJob.RunAsync(new WordCountJob(), args);
