using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using QueryStream.Connectors.Kafka;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>What the parts of the contract share. Topics and groups are new in each test, so that a broker may be shared.</summary>
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

    protected ReaderProbe OpenReader(params (int Partition, long Offset)[] from)
    {
        ReaderProbe probe = new();
        probe.Open(Clients, Connect(Group), Topic, [.. from.Select(f => new KafkaOffset(f.Partition, f.Offset))]);
        return Track(probe);
    }

    protected IKafkaProducer OpenProducer(out ProducerProbe probe)
    {
        probe = new ProducerProbe();
        return Track(Clients.OpenProducer(Connect(), Topic, probe));
    }

    /// <summary>Writes values to a partition and waits until they are there.</summary>
    protected async Task WriteAsync(int partition, params IEnumerable<string> values)
    {
        _writer ??= OpenProducer(out _);
        foreach (string value in values)
        {
            _writer.Add([], Encoding.UTF8.GetBytes(value), partition: partition);
        }

        await _writer.FlushAsync(CancellationToken.None);
    }

    protected static IEnumerable<string> Numbered(string prefix, int count) =>
        Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{prefix}{i}"));
}
