using System.Text;
using QueryStream.Connectors.Kafka;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Streams;
using QueryStream.Streams.Connectors;
using QueryStream.TestKit.Connectors;
using QueryStream.TestKit.Contracts;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>What a source reads: rows, dead letters, ends and confirmed silence.</summary>
public abstract class SourceReadingContract(ISubject subject) : SourceContract(subject)
{
    [ContractFact]
    public async Task A_bounded_source_ends_where_the_partitions_ended_when_it_was_opened()
    {
        await CreateTopicAsync(3);
        await WriteAsync(0, Numbered("a", 2_500));
        await WriteAsync(2, Numbered("c", 10));
        SourceHarness<string> source = await OpenSourceAsync(Options with { IsBounded = true });
        await WriteAsync(0, "too late");
        await WriteAsync(1, "too late");

        await source.ReadToEndAsync();

        Assert.Equal([$"{Topic}-0", $"{Topic}-1", $"{Topic}-2"], source.Splits);
        Assert.Equal(Numbered("a", 2_500), Rows(source, split: 0));
        Assert.Empty(Rows(source, split: 1));
        Assert.Equal(Numbered("c", 10), Rows(source, split: 2));
        Assert.Equal([0, 1, 2], source.Ends.Where(end => end.IsFinal).Select(end => end.Split).Order());
        source.Poll();
        Assert.Equal(SourcePoll.End, source.LastPoll);
        Assert.Equal(3, source.Ends.Count(end => end.IsFinal));
    }

    [ContractFact]
    public async Task Partitions_are_dealt_out_by_their_index()
    {
        await CreateTopicAsync(5);
        for (int partition = 0; partition < 5; partition++)
        {
            await WriteAsync(partition, $"of {partition}");
        }

        SourceHarness<string> first = await OpenSourceAsync(Options with { IsBounded = true }, subtask: 0, parallelism: 2);
        SourceHarness<string> second = await OpenSourceAsync(Options with { IsBounded = true }, subtask: 1, parallelism: 2);
        await first.ReadToEndAsync();
        await second.ReadToEndAsync();

        Assert.Equal([$"{Topic}-0", $"{Topic}-2", $"{Topic}-4"], first.Splits);
        Assert.Equal(["of 0", "of 2", "of 4"], first.Rows.OrderBy(row => row.Split).Select(row => row.Row));
        Assert.Equal(["of 1", "of 3"], second.Rows.OrderBy(row => row.Split).Select(row => row.Row));
    }

    [ContractFact]
    public async Task A_subtask_without_partitions_ends_at_once_or_waits()
    {
        await CreateTopicAsync(1);
        SourceHarness<string> bounded = await OpenSourceAsync(Options with { IsBounded = true }, subtask: 1, parallelism: 2);
        SourceHarness<string> unbounded = await OpenSourceAsync(Options, subtask: 1, parallelism: 2);
        bounded.Poll();
        unbounded.Poll();

        Assert.Equal((SourcePoll.End, SourcePoll.Wait), (bounded.LastPoll, unbounded.LastPoll));
        Assert.Empty(bounded.Splits);
        Assert.Empty(bounded.Ends);
        Assert.Empty(unbounded.Ends);
    }

    [ContractFact]
    public async Task An_empty_topic_ends_at_once()
    {
        await CreateTopicAsync(4);
        SourceHarness<string> source = await OpenSourceAsync(Options with { IsBounded = true });
        source.Poll();

        Assert.Equal(SourcePoll.End, source.LastPoll);
        Assert.Equal([0, 1, 2, 3], source.Ends.Where(end => end.IsFinal).Select(end => end.Split));
    }

    [ContractFact]
    public async Task What_cannot_become_a_row_becomes_a_dead_letter_at_its_place()
    {
        await CreateTopicAsync(1);
        IKafkaProducer producer = OpenProducer(out _);
        producer.Add([], "good"u8);
        producer.Add("key"u8, [], hasValue: false);
        producer.Add([], "bad"u8);
        producer.Add([], Encoding.UTF8.GetBytes(new string('x', 100_001)));
        producer.Add([], Encoding.UTF8.GetBytes(new string('y', 100_000)));
        await producer.FlushAsync(CancellationToken.None);

        SourceHarness<string> source = await OpenSourceAsync(Options with { IsBounded = true, MaxRecordBytes = 100_000 });
        await source.ReadToEndAsync();

        Assert.Equal(["good", new string('y', 100_000)], source.Rows.Select(row => row.Row));
        Assert.Equal([(1L, "null-value"), (2L, "bad-text"), (3L, "record-too-large")], source.DeadLetters.Select(l => (l.Offset, l.Reason)));
        Assert.All(source.DeadLetters, letter => Assert.Equal((Topic, 0), (letter.Topic, letter.Partition)));
        Assert.Equal("it says bad", source.DeadLetters[1].Detail);
        Assert.Null(source.DeadLetters[0].Value);
        Assert.Equal("bad"u8.ToArray(), source.DeadLetters[1].Value);
        Assert.Equal(DeadLetter.MaxValueBytes, source.DeadLetters[2].Value!.Length);
        Assert.Equal(5, source.RecordsRead);
    }

    [ContractFact]
    public async Task A_decoder_reads_the_headers_that_it_asks_for()
    {
        await CreateTopicAsync(1);
        IKafkaProducer producer = OpenProducer(out _);
        KafkaRecordBuilder record = new();
        record.AddHeader("trace", "first"u8);
        record.AddHeader("other", "x"u8);
        record.AddHeader("trace", "last"u8);
        producer.Add(record);
        producer.Add([], "no headers"u8);
        await producer.FlushAsync(CancellationToken.None);

        await using SourceHarness<string> source = new(
            job => job.Kafka<string>("traces", Options with { IsBounded = true }).Format(new TraceFormat()), 0, 1, TimeProvider.System, Clients);
        await source.OpenAsync();
        await source.ReadToEndAsync();

        Assert.Equal(["last"], source.Rows.Select(row => row.Row));
        Assert.Equal((1L, "no-trace"), (source.DeadLetters[0].Offset, source.DeadLetters[0].Reason));
    }

    [ContractFact]
    public async Task A_time_out_of_range_is_a_dead_letter()
    {
        await CreateTopicAsync(1);
        await WriteAsync(0, "good");
        SourceHarness<string> source = await OpenSourceAsync(Options with { IsBounded = true });
        source.TimeRange = (EventTime.MinValue, new EventTime(1_000));
        await source.ReadToEndAsync();

        DeadLetter letter = Assert.Single(source.DeadLetters);
        Assert.Equal("time-out-of-range", letter.Reason);
        Assert.Contains("1970-01-01T00:00:01", letter.Detail, StringComparison.Ordinal);
        Assert.Equal(1, source.RecordsRead);
    }

    [ContractFact]
    public async Task Silence_is_confirmed_for_partitions_read_to_their_end()
    {
        await CreateTopicAsync(2);
        await WriteAsync(0, "a");
        EventTime opened = EventTime.From(TimeProvider.System.GetUtcNow());
        SourceHarness<string> source = await OpenSourceAsync(Options);

        await source.ReadUntilAsync(
            "confirmations", () => source.Ends.Count(end => end.Split == 0) >= 2 && source.Ends.Count(end => end.Split == 1) >= 2);

        Assert.Single(source.Rows);
        Assert.All(source.Ends, end => Assert.False(end.IsFinal));
        Assert.All(
            source.Ends, end => Assert.InRange(end.At.Milliseconds, opened.Milliseconds, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()));
    }

    [ContractFact]
    public async Task A_silent_partition_is_not_confirmed_while_records_of_it_wait()
    {
        await CreateTopicAsync(1);
        SourceHarness<string> source = await OpenSourceAsync(Options);
        await source.ReadUntilAsync("a confirmation", () => source.Ends.Count > 0);
        await WriteAsync(0, "a");
        long written = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

        // Not polled for a while, as under backpressure, so that end offsets later than the record are pending together with it.
        await TestKit.Wait.UntilAsync("the clock to advance", () => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() > written + 2_500);
        int confirmed = source.Ends.Count;
        await source.ReadAsync(1);
        Assert.All(source.Ends.Skip(confirmed), end => Assert.True(end.At.Milliseconds <= written));

        await source.ReadUntilAsync("the next confirmation", () => source.Ends[^1].At.Milliseconds > written);
    }

    [ContractFact]
    public async Task What_is_not_read_yet_is_known_before_the_first_record_in_the_middle_and_after_more_were_written()
    {
        await CreateTopicAsync(2);
        await WriteAsync(0, Numbered("a", 3_000));
        await WriteAsync(1, Numbered("b", 10));
        SourceHarness<string> source = await OpenSourceAsync(Options);
        await TestKit.Wait.UntilAsync("the ends", () => !source.Pending().Contains(null));
        Assert.Equal([3_000, 10], source.Pending());

        await source.ReadAsync(1_000);
        Assert.True(source.Rows.Count < 3_010);
        Assert.Equal([3_000 - Rows(source, 0).Count(), 10 - Rows(source, 1).Count()], source.Pending());

        await source.ReadAsync(3_010);
        Assert.Equal([0, 0], source.Pending());
        await WriteAsync(1, Numbered("c", 5));

        // Not polled, as under backpressure.
        await TestKit.Wait.UntilAsync("the new end", () => source.Pending()[1] == 5);
        Assert.Equal([0, 5], source.Pending());
    }

    [ContractFact]
    public async Task A_bounded_source_has_not_more_to_read_than_up_to_the_end_that_the_partition_had()
    {
        await CreateTopicAsync(2);
        await WriteAsync(0, Numbered("a", 7));
        SourceHarness<string> source = await OpenSourceAsync(Options with { IsBounded = true });
        await WriteAsync(0, "too late");
        await WriteAsync(1, "too late");
        await TestKit.Wait.UntilAsync("the ends", () => !source.Pending().Contains(null));
        Assert.Equal([7, 0], source.Pending());

        await source.ReadToEndAsync();
        Assert.Equal([0, 0], source.Pending());
    }

    [ContractFact]
    public async Task A_changelog_is_read_as_updates_and_deletes()
    {
        await CreateTopicAsync(1);
        IKafkaProducer writer = OpenProducer(out _);
        writer.Add("Đặng"u8, """["Đặng",1]"""u8);
        writer.Add("b"u8, """["b",1]"""u8);
        writer.Add("Đặng"u8, default, hasValue: false);
        writer.Add(default, """["c",1]"""u8);
        writer.Add([0xFF], default, hasValue: false);
        writer.Add("b"u8, "["u8);
        await writer.FlushAsync(CancellationToken.None);

        await using SourceHarness<Change<(string User, int Count)>> source = new(
            job => job.KafkaChangelog<(string User, int Count)>("totals", user => (user.ToString(), 0), Options with { IsBounded = true }).Json(),
            0,
            1,
            TimeProvider.System,
            Clients);
        await source.OpenAsync();
        await source.ReadToEndAsync();

        Assert.Equal([Change.UpdateAfter(("Đặng", 1)), Change.UpdateAfter(("b", 1)), Change.Delete(("Đặng", 0))], source.Rows.Select(row => row.Row));
        Assert.Equal(
            [(3L, "missing-key"), (4L, "invalid-utf8"), (5L, "malformed-json")],
            source.DeadLetters.Select(letter => (letter.Offset, letter.Reason)));
    }

    [ContractFact]
    public async Task An_unknown_topic_is_refused_with_the_names_of_those_that_exist()
    {
        // The message lists the first topics only.
        string other = $"a-{Topic}";
        await Admin.CreateTopicAsync(other, 1, config: null, CancellationToken.None);
        SourceHarness<string> source = NewSource(Options, 0, 1);

        ServiceRefusedException error = await Assert.ThrowsAsync<ServiceRefusedException>(source.OpenAsync);

        Assert.Contains($"'{Topic}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(Subject.Address, error.Message, StringComparison.Ordinal);
        Assert.Contains(other, error.Message, StringComparison.Ordinal);
    }
}
