using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Core.Time;
using QueryStream.Core.Texts;
using QueryStream.Streams;
using QueryStream.Streams.Connectors;
using QueryStream.TestKit;
using QueryStream.TestKit.Connectors;

namespace QueryStream.Connectors.Kafka.Tests;

/// <summary>Transactions of the cluster in memory, and how sources handle open ones.</summary>
public sealed class TransactionTests
{
    private readonly ManualTime _time = new();
    private readonly InMemoryKafka _kafka;

    public TransactionTests()
    {
        _kafka = new InMemoryKafka(_time, NullLoggerFactory.Instance);
        _kafka.CreateTopic("t", 2);
    }

    private EventTime Now => EventTime.From(_time.GetUtcNow());

    [Fact]
    public async Task Records_of_a_transaction_are_read_in_their_place_when_it_is_committed_and_never_when_it_is_aborted()
    {
        await using SourceHarness<Text> source = await OpenAsync(Options);
        InMemoryTransaction first = _kafka.BeginTransaction();
        InMemoryTransaction second = _kafka.BeginTransaction();
        Append("before");
        Append("committed 1", first);
        Append("aborted 1", second);
        Append("between");
        Append("committed 2", first);
        first.Append("t", 1, [], "in the other partition"u8, Now);

        // Everything after the first record of an open transaction waits, including records of other writers.
        Read(source);
        Assert.Equal(["before"], Rows(source));

        first.Commit();
        Read(source);
        Assert.Equal(["before", "committed 1"], Rows(source, split: 0));
        Assert.Equal(["in the other partition"], Rows(source, split: 1));

        second.Abort();
        Append("after");
        Read(source);
        Assert.Equal(["before", "committed 1", "between", "committed 2", "after"], Rows(source, split: 0));

        Append("open", _kafka.BeginTransaction());
        await using SourceHarness<Text> bounded = await OpenAsync(Options with { IsBounded = true });
        await bounded.ReadToEndAsync();
        Assert.Equal(
            ["after", "before", "between", "committed 1", "committed 2", "in the other partition"], Rows(bounded).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Uncommitted_records_are_read_at_once_where_that_is_wanted()
    {
        Dictionary<string, string> properties = new() { ["isolation.level"] = "read_uncommitted" };
        InMemoryTransaction aborted = _kafka.BeginTransaction();
        Append("aborted", aborted);
        aborted.Abort();
        Append("open", _kafka.BeginTransaction());

        await using SourceHarness<Text> source = await OpenAsync(Options with { Properties = properties });
        Read(source);

        Assert.Equal(["aborted", "open"], Rows(source));
    }

    [Fact]
    public void An_ended_transaction_takes_nothing_more()
    {
        InMemoryTransaction transaction = _kafka.BeginTransaction();
        transaction.Commit();

        Assert.Throws<InvalidOperationException>(transaction.Abort);
        Assert.Throws<InvalidOperationException>(() => transaction.Append("t", 0, [], [], Now));
    }

    [Fact]
    public async Task Silence_is_not_proven_while_records_wait_behind_an_open_transaction()
    {
        await using SourceHarness<Text> source = await OpenAsync(Options);
        InMemoryTransaction transaction = _kafka.BeginTransaction();
        Append("open", transaction);
        EventTime opened = Now;
        for (int i = 0; i < 10; i++)
        {
            Advance(source);
        }

        Assert.Contains(source.Ends, end => end.Split == 1 && end.At > opened);
        Assert.DoesNotContain(source.Ends, end => end.Split == 0 && end.At > opened);

        transaction.Commit();
        EventTime committed = Now;
        Read(source);
        Assert.Equal(["open"], Rows(source));
        for (int i = 0; i < 3; i++)
        {
            Advance(source);
        }

        Assert.Contains(source.Ends, end => end.Split == 0 && end.At > committed);
    }

    [Fact]
    public async Task A_transaction_that_stays_open_is_a_warning_once()
    {
        await using SourceHarness<Text> source = await OpenAsync(Options);
        InMemoryTransaction transaction = _kafka.BeginTransaction();
        Append("open", transaction);
        for (int i = 0; i < 60; i++)
        {
            Advance(source);
        }

        string warning = Assert.Single(source.Logs.Lines, line => line.Id == 2047).Message;
        Assert.Contains("t [0] has 1 records from offset 0", warning, StringComparison.Ordinal);
        Assert.Contains("transaction", warning, StringComparison.Ordinal);
    }

    private static KafkaSourceOptions Options => new() { BootstrapServers = "memory:1", Topic = "t" };

    private static IEnumerable<string> Rows(SourceHarness<Text> source, int? split = null) =>
        source.Rows.Where(row => split is null || row.Split == split).Select(row => row.Row.ToString());

    private void Append(string value, InMemoryTransaction? transaction = null)
    {
        if (transaction is null)
        {
            Assert.True(_kafka.TryAppend("t", 0, [], Encoding.UTF8.GetBytes(value), Now));
        }
        else
        {
            transaction.Append("t", 0, [], Encoding.UTF8.GetBytes(value), Now);
        }
    }

    private void Advance(SourceHarness<Text> source)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        Read(source);
    }

    private static void Read(SourceHarness<Text> source)
    {
        do
        {
            source.Poll();
        }
        while (source.LastPoll == SourcePoll.More);
    }

    private async Task<SourceHarness<Text>> OpenAsync(KafkaSourceOptions options)
    {
        SourceHarness<Text> source = new(job => job.Kafka<Text>("texts", options).Text(), 0, 1, _time, _kafka);
        await source.OpenAsync();
        return source;
    }
}
