using System.Text;
using QueryStream.Core.Errors;
using QueryStream.Runtime.Tests.Jobs;
using QueryStream.Runtime.Tests.Windows.Rows;
using QueryStream.Streams;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Windows;

/// <summary>Rows 0 to 9, of which 3 and 7 cannot be folded.</summary>
public sealed class FoldErrorTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static readonly Dictionary<string, Func<KeyedStream<int, int>, WindowedStream<int, int>>> Kinds = new()
    {
        ["two phases"] = rows => rows.Window(Tumbling.Of(Second)),
        ["one phase"] = rows => rows.Window(Tumbling.Of(Second)).OnePhase(),
        ["sliding"] = rows => rows.Window(Sliding.Of(Second, Second)),
        ["session"] = rows => rows.Window(Session.WithGap(Second)),
        ["processing time"] = rows => rows.Window(Tumbling.Of(Second)).ProcessingTime(),
        ["global"] = rows => rows.Window(Global.Of(8)),
        ["own evictor"] = rows => rows.Window(Tumbling.Of(Second)).Evict(() => new LenientEvictor<int>()),
    };

    private readonly HarnessSource<int> _source = new(splits: 2);
    private readonly HarnessSink<long> _sums = new();
    private readonly HarnessSink<DeadLetter> _letters = new();

    public static TheoryData<string, int> Windows
    {
        get
        {
            TheoryData<string, int> all = [];
            foreach (string kind in Kinds.Keys)
            {
                all.Add(kind, 1);
                all.Add(kind, 3);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Windows))]
    public void A_row_that_cannot_be_folded_becomes_a_dead_letter_and_the_others_count(string kind, int parallelism)
    {
        using JobHarness job = Run(
            kind,
            parallelism,
            windows => windows.OnError(ErrorPolicy.DeadLetter).Aggregate(all => all.Sum(row => (long?)Good(row))),
            takesErrors: true);
        Assert.Null(job.Failure);
        Assert.Equal([35], _sums.Take());
        DeadLetter[] letters = [.. _letters.Take()];
        Assert.Equal(["3", "7"], letters.Select(letter => Encoding.UTF8.GetString(letter.Value!)).Order());
        Assert.All(letters, letter => Assert.Equal(("function-failed", "Check sums"), (letter.Reason, letter.Topic)));
        Assert.Equal([3, 7], letters.Select(letter => letter.Offset).Order());
        Assert.Equal(2, job.Metrics.Sum(metrics => metrics.DeadLetters.Values.Sum(counter => counter.Value)));
    }

    [Theory]
    [MemberData(nameof(Windows))]
    public void Without_a_policy_it_fails_the_job(string kind, int parallelism)
    {
        using JobHarness job = Run(kind, parallelism, windows => windows.Aggregate(all => all.Sum(row => (long?)Good(row))));
        Assert.IsType<TestFailure>(job.Failure!.Cause);
    }

    [Fact]
    public void An_aggregate_that_does_not_merge_is_checked_row_by_row_too()
    {
        using JobHarness job = Run("sliding", 2, windows => windows.OnError(ErrorPolicy.Skip).Aggregate(new Unmergeable()));
        Assert.Null(job.Failure);
        Assert.Equal([35], _sums.Take());
        Assert.Equal(2, job.Metrics.Sum(metrics => metrics.DeadLetters.Values.Sum(counter => counter.Value)));
    }

    [Fact]
    public void Only_who_keeps_dead_letters_has_them()
    {
        Refuses("have no dead letters", windows => _ = windows.OnError(ErrorPolicy.Skip).Aggregate(all => all.Count()).Errors);
        Refuses("no single row is at fault", windows => windows.OnError(ErrorPolicy.Skip).Reduce((left, right) => left + right));
        Refuses("that Process returns", windows => windows.OnError(ErrorPolicy.Skip).Process(() => new Nothing()));
        Refuses("is not an error policy", windows => windows.OnError((ErrorPolicy)7));
    }

    private static int Good(int row) => row is 3 or 7 ? throw new TestFailure() : row;

    private static void Refuses(string why, Action<WindowedStream<int, int>> use)
    {
        JobDefinitionException error = Assert.Throws<JobDefinitionException>(() => new JobHarness(builder =>
            use(builder.Source("numbers", new HarnessSource<int>()).KeyBy(_ => 1).Window(Tumbling.Of(Second)).Named("sums"))));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    private JobHarness Run(
        string kind, int parallelism, Func<WindowedStream<int, int>, WindowStream<int, int, long?>> aggregate, bool takesErrors = false)
    {
        JobHarness job = new(
            builder =>
            {
                WindowStream<int, int, long?> sums = aggregate(Kinds[kind](builder.Source("numbers", _source).KeyBy(_ => 1)).Named("sums"));
                sums.Map(result => result.Value ?? 0).To("sums sink", _sums);
                if (takesErrors)
                {
                    sums.Errors.To("letters", _letters);
                }
            },
            parallelism);
        for (int row = 0; row < 10; row++)
        {
            _source.Push(row, row);
        }

        _source.EndAll();
        job.Run();
        return job;
    }

    private sealed class Unmergeable : Aggregate<int, int, long?>
    {
        public override bool IsMergeable => false;

        public override void Add(ref int accumulator, in int row) => accumulator += Good(row);

        public override void Merge(ref int into, ref int from) => throw new NotSupportedException("An aggregate that cannot be merged was.");

        public override long? Result(ref int accumulator, bool isFinal) => accumulator;
    }

    private sealed class Nothing : WindowFunction<int, int, int>
    {
        public override void Process(WindowRows<int> rows, WindowContext<int, int> context)
        {
        }
    }
}
