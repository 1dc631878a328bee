namespace QueryStream.Testing.Assemblies;

/// <summary>Source code as users write it.</summary>
public static class UserCode
{
    /// <summary>A source of the numbers 0 to 9, and a sink that writes rows to a file, one per line.</summary>
    public const string Connectors = """

        public sealed class Numbers : ISource<long>
        {
            public bool IsBounded => true;
            public ISourceReader<long> CreateReader(SourceContext context) => new Reader(context);

            private sealed class Reader(SourceContext context) : ISourceReader<long>
            {
                private long _next;
                public Task<IReadOnlyList<string>> OpenAsync(CancellationToken cancellationToken) =>
                    Task.FromResult<IReadOnlyList<string>>(context.Task.Subtask == 0 ? ["numbers"] : []);

                public SourcePoll Poll(SourceBatch<long> batch)
                {
                    if (context.Task.Subtask > 0) return SourcePoll.End;
                    batch.BeginSplit(0);
                    for (; _next < 10; _next++) batch.TryAdd(_next, new EventTime(_next * 1000), _next);
                    batch.EndSplit(0);
                    return SourcePoll.End;
                }

                public ValueTask DisposeAsync() => default;
            }
        }

        public sealed class Lines<T>(string path) : ISink<T>
        {
            public ISinkWriter<T> CreateWriter(SinkContext context) => new Writer(path, context);

            private sealed class Writer(string path, SinkContext context) : ISinkWriter<T>
            {
                public bool IsFull => false;
                public bool IsFlushed => true;
                public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;
                public void Write(Batch<T> batch)
                {
                    lock (typeof(Lines<T>)) foreach (T row in batch.Rows) System.IO.File.AppendAllText(path, row + "\n");
                    context.Acknowledged(batch.Count);
                }
                public void Flush() { }
                public ValueTask DisposeAsync() => default;
            }
        }

        """;

    /// <summary>A job with settings that finds the largest number of each remainder.</summary>
    public const string Largest = Connectors + """

        public sealed class LargestSettings
        {
            [Setting("output", "the file")] public string Output { get; init; } = "";
            [Setting("modulus", "how many keys")] public int Modulus { get; init; } = 3;
        }

        internal sealed class LargestJob : IStreamJob
        {
            public string Name => "Largest";
            public void Define(StreamBuilder job)
            {
                LargestSettings settings = job.Settings.Bind<LargestSettings>();
                job.Source("numbers", new Numbers())
                    .KeyBy(number => number % settings.Modulus)
                    .Window(Tumbling.Of(TimeSpan.FromMinutes(1)))
                    .Aggregate(window => window.Max(number => number))
                    .Map(result => result.Key + ": " + result.Value)
                    .To("lines", new Lines<string>(settings.Output));
            }
        }

        """;
}
