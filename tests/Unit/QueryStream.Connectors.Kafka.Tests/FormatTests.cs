using System.Globalization;
using System.Text;
using QueryStream.Core.Errors;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Streams;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Formats;
using QueryStream.TestKit;
using QueryStream.TestKit.Connectors;
using QueryStream.TestKit.Jobs;
using QueryStream.TestKit.Logging;

namespace QueryStream.Connectors.Kafka.Tests;

[StreamRecord]
public sealed record Click(string User, int Page, string? Note = null);

public sealed class FormatTests
{
    private readonly InMemoryKafka _kafka = new(new ManualTime(), new LogCollector());

    private static KafkaSourceOptions Bounded => new() { IsBounded = true };

    [Fact]
    public async Task A_source_and_a_sink_of_JSON_are_one_line_each()
    {
        _kafka.CreateTopic("clicks", 3);
        Click[] clicks = [new("Đặng", 1), new("ô \"x\"", -2, "n"), new("Đặng", 3)];

        await WriteAsync<Click>(rows => rows.ToKafka("clicks").Key(click => click.User).Json(), clicks);
        SourceHarness<Click> source = await ReadAsync<Click>(job => job.Kafka<Click>("clicks", Bounded).Json());

        Assert.Equal(clicks.OrderBy(click => click.Page), source.Rows.Select(row => row.Row).OrderBy(click => click.Page));
        Assert.Single(source.Rows.Where(row => row.Row.User == "Đặng").Select(row => row.Split).Distinct());
        Assert.Empty(source.DeadLetters);
    }

    [Fact]
    public async Task Every_format_brings_back_what_it_wrote()
    {
        foreach (string topic in (string[])["csv", "text", "bytes"])
        {
            _kafka.CreateTopic(topic, 1);
        }

        Click[] clicks = [new("a,\"b\"\n", 1), new("", 2, "")];
        Text[] texts = [Text.From("học phí"), Text.From(""), Text.From("two\nlines")];
        byte[][] bytes = [[0xFF, 0], []];
        await WriteAsync<Click>(rows => rows.ToKafka("csv").Csv(new CsvOptions { Separator = ';' }), clicks);
        await WriteAsync<Text>(rows => rows.ToKafka("text").Text(), texts);
        await WriteAsync<byte[]>(rows => rows.ToKafka("bytes").Bytes(), bytes);

        Assert.Equal(
            clicks,
            (await ReadAsync<Click>(job => job.Kafka<Click>("csv", Bounded).Csv(new CsvOptions { Separator = ';' }))).Rows.Select(row => row.Row));
        Assert.Equal(texts, (await ReadAsync<Text>(job => job.Kafka<Text>("text", Bounded).Text())).Rows.Select(row => row.Row));
        Assert.Equal(bytes, (await ReadAsync<byte[]>(job => job.Kafka<byte[]>("bytes", Bounded).Bytes())).Rows.Select(row => row.Row));
    }

    [Fact]
    public async Task What_is_no_row_is_a_dead_letter_with_its_reason_and_place()
    {
        _kafka.CreateTopic("clicks", 1);
        Append("clicks", "{\"user\":\"a\",\"page\":\"x\"}", "", "[", "{\"user\":\"a\",\"page\":1}");

        SourceHarness<Click> source = await ReadAsync<Click>(job => job.Kafka<Click>("clicks", Bounded).Json());

        Assert.Single(source.Rows);
        Assert.Equal(["wrong-type", "malformed-json", "malformed-json"], source.DeadLetters.Select(letter => letter.Reason));
        Assert.Equal("page is the string 'x' where an integer of 32 bits must be, at byte 19", source.DeadLetters[0].Detail);
    }

    // The rows of a record are the numbers from 0, as many as its value says.
    [Fact]
    public async Task A_record_may_have_no_rows_or_many_and_all_of_them_are_in_one_batch()
    {
        _kafka.CreateTopic("counts", 1);
        int[] counts = [1000, 0, 24, 1, 1024, 1023, 2, 1025, 0, 3];
        Append("counts", [.. counts.Select(count => count.ToString(CultureInfo.InvariantCulture))]);
        await using SourceHarness<int> source = Source<int>(job => job.Kafka<int>("counts", Bounded).Format(new CountFormat()));
        await source.OpenAsync();
        List<(int Rows, long Position)> polls = [];

        while (source.LastPoll != SourcePoll.End)
        {
            source.Poll();
            polls.Add((source.Rows.Count, source.Snapshot().GetValueOrDefault("counts-0", -1)));
        }

        Assert.Equal(counts.Where(count => count != 1025).SelectMany(count => Enumerable.Range(0, count)), source.Rows.Select(row => row.Row));
        Assert.Equal(
            (7L, "too-many-rows", "1025 rows; 1024 are allowed"),
            (source.DeadLetters.Single().Offset, source.DeadLetters[0].Reason, source.DeadLetters[0].Detail));
        Assert.Equal(9, source.Snapshot()["counts-0"]);
        Assert.All(polls, poll => Assert.Equal(counts.Take((int)poll.Position + 1).Where(count => count != 1025).Sum(), poll.Rows));
    }

    [Fact]
    public async Task A_row_of_many_whose_time_is_out_of_range_is_a_dead_letter_and_the_others_are_rows()
    {
        _kafka.CreateTopic("counts", 1);
        Append("counts", "1000", "100");
        await using SourceHarness<int> source = Source<int>(job => job.Kafka<int>("counts", Bounded).Format(new CountFormat())
            .Watermarks(new WatermarkStrategy<int> { EventTimeOf = row => new EventTime(row) }));
        source.TimeRange = (new EventTime(0), new EventTime(98));
        await source.OpenAsync();

        await source.ReadToEndAsync();

        Assert.Equal(99 + 99, source.Rows.Count);
        Assert.Equal(901 + 1, source.DeadLetters.Count(letter => letter.Reason == "time-out-of-range"));
        Assert.Equal("100", Encoding.UTF8.GetString(source.DeadLetters[^1].Value!));
    }

    [Fact]
    public async Task A_changelog_that_was_written_is_read_as_the_same_table()
    {
        _kafka.CreateTopic("pages", 3);
        Change<Click>[] changes =
        [
            Change.Insert(new Click("Đặng", 1)), Change.Insert(new Click("b", 1)), Change.UpdateBefore(new Click("b", 1)),
            Change.UpdateAfter(new Click("b", 2)), Change.Delete(new Click("Đặng", 1)), Change.Insert(new Click("c", 7, "n")),
        ];

        await WriteAsync<Change<Click>>(rows => rows.ToKafka("pages").Key(click => click.User).Json(), changes);
        SourceHarness<Change<Click>> source = await ReadAsync(
            job => job.KafkaChangelog<Click>("pages", user => new Click(user.ToString(), 0), Bounded).Json());

        Assert.Equal(Table(changes), Table(source.Rows.Select(row => row.Row)));
        Assert.Empty(source.DeadLetters);
    }

    [Fact]
    public async Task A_change_may_be_written_with_its_kind_as_any_row()
    {
        _kafka.CreateTopic("log", 1);
        Change<Click>[] changes = [Change.UpdateBefore(new Click("b", 1)), Change.UpdateAfter(new Click("b", 2)), Change.Delete(new Click("b", 2))];

        await WriteAsync<Change<Click>>(rows => rows.ToKafka<Change<Click>>("log").Json(), changes);

        Assert.Equal(changes, (await ReadAsync(job => job.Kafka<Change<Click>>("log", Bounded).Json())).Rows.Select(row => row.Row));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task A_change_without_a_key_fails_the_sink_and_says_so(string? key)
    {
        _kafka.CreateTopic("pages", 1);
        await using SinkHarness<Change<Click>> sink = new(
            rows => rows.ToKafka("pages").Key(_ => key).Json(), SinkHarnessTask.New(), TimeProvider.System, _kafka);
        await sink.OpenAsync();

        Assert.Contains(
            "Kafka sink 'pages' got a change whose key is null or empty",
            Assert.Throws<JobDefinitionException>(() => sink.Write(Change.Delete(new Click("a", 1)))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "process:1")]
    [InlineData("job:1", "job:1")]
    public async Task Where_the_job_names_no_address_that_of_the_process_is_used(string? address, string used)
    {
        _kafka.CreateTopic("clicks", 1);
        AddressedKafka clients = new(_kafka);
        await using SinkHarness<Click> sink = new(
            rows => rows.ToKafka("clicks", new KafkaSinkOptions { BootstrapServers = address }).Json(),
            SinkHarnessTask.New(), TimeProvider.System, clients);
        await sink.OpenAsync();
        sink.Write(new Click("a", 1));
        await sink.FlushAsync();
        await using SourceHarness<Click> source = new(
            job => job.Kafka<Click>("clicks", Bounded with { BootstrapServers = address }).Json(), 0, 1, TimeProvider.System, clients);
        await source.OpenAsync();
        await source.ReadToEndAsync();

        Assert.Equal([used, used, used, used], clients.Used);
    }

    [Fact]
    public void Definitions_that_cannot_work_say_what_to_do()
    {
        Refused("Source 'clicks' has no format: end it with Json()", job => job.Kafka<Click>("clicks"));
        Refused("Sink 'copy' has no format: end it with Json()", job => job.Kafka<Click>("clicks").Json().ToKafka("copy"));
        Refused("Sink 'copy' was given two formats", job =>
        {
            KafkaRecordSink<Click> sink = job.Kafka<Click>("clicks").Json().ToKafka("copy");
            sink.Json();
            sink.Csv();
        });
        Refused(
            "CountFormat cannot be the format of a sink",
            job => job.Kafka<int>("counts").Format(new CountFormat()).ToKafka("copy").Format(new CountFormat()));
        Refused("has no JSON format", job => job.Kafka<FormatTests>("clicks").Json());
        Refused("A record's key cannot be a ", job => job.Kafka<Click>("clicks").Json().ToKafka("copy").Key(click => new object()));
        Refused(
            "Kafka sink 'copy' writes a changelog and has no key: call Key(row => …)",
            job => job.Kafka<Click>("clicks").Json().ToChangelog().ToKafka("copy").Json());
        Refused(
            "Source 'clicks' has no format: end it with Json()", job => job.KafkaChangelog<Click>("clicks", user => new Click(user.ToString(), 0)));
        Refused("topic name", job => job.Kafka<Click>("clicks of today").Json());
    }

    // What is left after all changes, by an own reading of them.
    private static SortedDictionary<string, Click> Table(IEnumerable<Change<Click>> changes)
    {
        SortedDictionary<string, Click> table = new(StringComparer.Ordinal);
        foreach (Change<Click> change in changes)
        {
            if (change.IsAddition)
            {
                table[change.Row.User] = change.Row;
            }
            else if (change.Kind == ChangeKind.Delete)
            {
                table.Remove(change.Row.User);
            }
        }

        return table;
    }

    private static void Refused(string message, Action<StreamBuilder> define) => Assert.Contains(
        message,
        Assert.ThrowsAny<QueryStreamException>(() => StreamBuilder.Build(new LambdaJob("job", define), Streams.Settings.JobSettings.None)).Message,
        StringComparison.Ordinal);

    private void Append(string topic, params string[] values)
    {
        foreach (string value in values)
        {
            Assert.True(_kafka.TryAppend(topic, 0, default, Encoding.UTF8.GetBytes(value), new EventTime(0)));
        }
    }

    private async Task WriteAsync<T>(Action<Stream<T>> define, IEnumerable<T> rows)
    {
        await using SinkHarness<T> sink = new(define, SinkHarnessTask.New(), TimeProvider.System, _kafka);
        await sink.OpenAsync();
        sink.Write(rows);
        await sink.FlushAsync();
    }

    private async Task<SourceHarness<T>> ReadAsync<T>(Func<StreamBuilder, SourceStream<T>> define)
    {
        SourceHarness<T> source = Source(define);
        await using (source)
        {
            await source.OpenAsync();
            await source.ReadToEndAsync();
            return source;
        }
    }

    private SourceHarness<T> Source<T>(Func<StreamBuilder, SourceStream<T>> define) => new(define, 0, 1, TimeProvider.System, _kafka);

    private sealed class AddressedKafka(InMemoryKafka kafka) : IKafkaClients
    {
        public List<string> Used { get; } = [];

        public string BootstrapServers => "process:1";

        public IKafkaAdmin OpenAdmin(KafkaConnection connection)
        {
            Used.Add(connection.BootstrapServers);
            return kafka.OpenAdmin(connection);
        }

        public IKafkaReader OpenReader(
            KafkaConnection connection, string topic, IReadOnlyList<KafkaOffset> from, KafkaReaderOptions options, Action wake)
        {
            Used.Add(connection.BootstrapServers);
            return kafka.OpenReader(connection, topic, from, options, wake);
        }

        public IKafkaProducer OpenProducer(KafkaConnection connection, string topic, IKafkaProducerListener listener)
        {
            Used.Add(connection.BootstrapServers);
            return kafka.OpenProducer(connection, topic, listener);
        }

        public IKafkaTransactionalProducer OpenTransactionalProducer(
            KafkaConnection connection, string topic, KafkaTransactionOptions options, IKafkaProducerListener listener)
        {
            Used.Add(connection.BootstrapServers);
            return kafka.OpenTransactionalProducer(connection, topic, options, listener);
        }
    }

    private sealed class CountFormat : RecordFormat<int>
    {
        public override RecordDecoder<int> CreateDecoder() => new Decoder();

        private sealed class Decoder : RecordDecoder<int>
        {
            protected override DecodeResult Read(in SourceRecord record)
            {
                for (int i = 0; i < int.Parse(record.Value, CultureInfo.InvariantCulture); i++)
                {
                    Add(i);
                }

                return DecodeResult.Ok;
            }
        }
    }
}
