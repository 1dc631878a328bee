using QueryStream.Testing.Assemblies;

namespace QueryStream.Testing.Rest;

/// <summary>Jobs that tests submit.</summary>
public static class RestJobs
{
    /// <summary>
    /// The jobs <c>LargestJob</c>, which finishes; <c>EndlessJob</c>, which does not; <c>SummingJob</c>, which does not either and sums its numbers
    /// by their remainders; and <c>FailingJob</c>, whose function throws. All have the setting <c>output</c>.
    /// </summary>
    public const string Code = UserCode.Largest + """

        public sealed class Endless : ISource<long>
        {
            public bool IsBounded => false;
            public ISourceReader<long> CreateReader(SourceContext context) => new Reader(context);

            private sealed class Reader(SourceContext context) : ISourceReader<long>
            {
                private long _next;
                public Task<IReadOnlyList<string>> OpenAsync(CancellationToken cancellationToken) =>
                    Task.FromResult<IReadOnlyList<string>>(context.Task.Subtask == 0 ? ["numbers"] : []);

                public SourcePoll Poll(SourceBatch<long> batch)
                {
                    if (context.Task.Subtask > 0 || _next == 10) return SourcePoll.Wait;
                    batch.BeginSplit(0);
                    for (; _next < 10; _next++) batch.TryAdd(_next, new EventTime(_next * 1000), _next);
                    batch.EndSplit(0);
                    return SourcePoll.Wait;
                }

                public ValueTask DisposeAsync() => default;
            }
        }

        internal sealed class EndlessJob : IStreamJob
        {
            public string Name => "Đếm không ngừng";
            public void Define(StreamBuilder job) =>
                job.Source("numbers", new Endless()).To("lines", new Lines<long>(job.Settings.Bind<LargestSettings>().Output));
        }

        public sealed class Summing : QueryStream.Streams.Functions.KeyedProcessFunction<long, long, long>
        {
            private QueryStream.Streams.State.ValueState<long> _sum;
            public override void Open(QueryStream.Streams.State.KeyedStateContext state) => _sum = state.Value<long>("sum");
            public override void Process(in long row, QueryStream.Streams.Functions.KeyedContext<long, long> context) => _sum.Value += row;
        }

        internal sealed class SummingJob : IStreamJob
        {
            public string Name => "Summing";
            public void Define(StreamBuilder job) =>
                job.Source("numbers", new Endless()).KeyBy(number => number % 3).Process(() => new Summing(), "sums of/keys")
                    .To("lines", new Lines<long>(job.Settings.Bind<LargestSettings>().Output));
        }

        internal sealed class FailingJob : IStreamJob
        {
            public string Name => "Failing";
            public void Define(StreamBuilder job) =>
                job.Source("numbers", new Numbers()).Map(number => number < 5 ? number : throw new InvalidOperationException("hỏng"))
                    .To("lines", new Lines<long>(job.Settings.Bind<LargestSettings>().Output));
        }

        """;

    /// <summary>Compiles them.</summary>
    /// <param name="folder">Where to.</param>
    /// <returns>The path of the assembly.</returns>
    public static string Write(string folder) => new UserAssembly(folder, "Việc", Code).Write();
}
