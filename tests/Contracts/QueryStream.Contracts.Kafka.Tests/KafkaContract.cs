using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using QueryStream.Connectors.Kafka;
using QueryStream.TestKit.Connectors;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>Set-up shared by the contracts of the Kafka connector. Each test has its own topic and group, so tests can share a broker.</summary>
public abstract class KafkaContract : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _opened = [];
    private IKafkaAdmin _admin = null!;
    private IKafkaProducer? _writer;

    protected KafkaContract(ISubject subject) => Subject = subject;

    protected ISubject Subject { get; }

    protected IKafkaClients Clients => Subject.Clients;

    protected string Topic { get; } = $"contract-{Guid.NewGuid():n}";

    protected string Group { get; } = $"group-{Guid.NewGuid():n}";

    protected IKafkaAdmin Admin => _admin;

    public Task InitializeAsync()
    {
        _admin = Track(Clients.OpenAdmin(Connect(Group)));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        foreach (IAsyncDisposable opened in Enumerable.Reverse(_opened))
        {
            await opened.DisposeAsync();
        }
    }

    protected KafkaConnection Connect(string group = "") => new(Subject.Address, group, FrozenDictionary<string, string>.Empty);

    protected T Track<T>(T opened)
        where T : IAsyncDisposable
    {
        _opened.Add(opened);
        return opened;
    }

    protected Task CreateTopicAsync(int partitions) => Admin.CreateTopicAsync(Topic, partitions, config: null, CancellationToken.None);

    protected ReaderProbe OpenReader(params (int Partition, long Offset)[] from) => OpenReader(new KafkaReaderOptions(), from);

    protected ReaderProbe OpenReader(KafkaReaderOptions options, params IEnumerable<(int Partition, long Offset)> from)
    {
        ReaderProbe probe = new();
        probe.Open(Clients, Connect(Group), Topic, [.. from.Select(f => new KafkaOffset(f.Partition, f.Offset))], options);
        return Track(probe);
    }

    protected IKafkaProducer OpenProducer(out ProducerProbe probe)
    {
        probe = new ProducerProbe();
        return Track(Clients.OpenProducer(Connect(), Topic, probe));
    }

    /// <summary>Writes values to a partition and waits until they are acknowledged.</summary>
    protected async Task WriteAsync(int partition, params IEnumerable<string> values)
    {
        _writer ??= OpenProducer(out _);
        foreach (string value in values)
        {
            _writer.Add([], Encoding.UTF8.GetBytes(value), partition: partition);
        }

        await _writer.FlushAsync(CancellationToken.None);
    }

    /// <summary>
    /// The committed values of partition 0. A broker writes the marks of an ended transaction after it has answered; a record behind them is read
    /// only when they are there.
    /// </summary>
    protected async Task<IReadOnlyList<string>> ReadToEndAsync()
    {
        string last = $"last-{Guid.NewGuid():n}";
        await WriteAsync(0, last);
        ReaderProbe reader = OpenReader((0, 0));
        await reader.UntilAsync("the last record", () => reader.Records.Exists(record => record.Value == last));
        return [.. reader.Records.Select(record => record.Value!).Where(value => !value.StartsWith("last-", StringComparison.Ordinal))];
    }

    protected SourceHarness<string> NewSource(KafkaSourceOptions options, int subtask = 0, int parallelism = 1)
    {
        SourceHarness<string> source = new(
            job => job.Kafka<string>("texts", options).Format(new GoodTexts()), subtask, parallelism, TimeProvider.System, Clients);
        source.HasCheckpoints = false;
        return Track(source);
    }

    protected async Task<SourceHarness<string>> OpenSourceAsync(KafkaSourceOptions options, int subtask = 0, int parallelism = 1)
    {
        SourceHarness<string> source = NewSource(options, subtask, parallelism);
        await source.OpenAsync();
        return source;
    }

    /// <summary>Deletes the topic and creates it again with one partition and some records.</summary>
    protected async Task RecreateTopicAsync(int records)
    {
        await Admin.DeleteTopicAsync(Topic, CancellationToken.None);
        await CreateTopicAsync(1);

        // A new connection: a client of the old topic might still write to that one.
        IKafkaProducer writer = Track(Clients.OpenProducer(Connect("recreated"), Topic, new ProducerProbe()));
        foreach (string value in Numbered("new", records))
        {
            writer.Add([], Encoding.UTF8.GetBytes(value), partition: 0);
        }

        await writer.FlushAsync(CancellationToken.None);
    }

    protected static IEnumerable<string> Numbered(string prefix, int count) =>
        Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{prefix}{i}"));
}
