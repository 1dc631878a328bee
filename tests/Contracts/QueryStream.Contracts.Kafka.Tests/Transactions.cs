using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>
/// Writes records in transactions, which the connector does not. Each transaction leaves a marker, which occupies an offset, and readers skip the
/// records of aborted transactions.
/// </summary>
internal sealed unsafe partial class Transactions : IDisposable
{
    private const string Library = "librdkafka";
    private const int Producer = 0;
    private const int Copy = 2;
    private const int TimeoutMs = 20_000;

    private readonly nint _client;
    private readonly nint _topic;

    // Uses the library that the connector has loaded.
    static Transactions() => NativeLibrary.SetDllImportResolver(
        Assembly.GetExecutingAssembly(),
        (_, _, _) => NativeLibrary.Load(
            File.ReadLines("/proc/self/maps").First(line => line.Contains(Library, StringComparison.Ordinal)).Split(' ')[^1]));

    public Transactions(string address, string topic)
    {
        nint conf = ConfNew();
        byte* error = stackalloc byte[512];
        ConfSet(conf, "bootstrap.servers", address, error, 512);
        ConfSet(conf, "transactional.id", topic, error, 512);
        _client = New(Producer, conf, error, 512);
        _topic = TopicNew(_client, topic, 0);
        Check(InitTransactions(_client, TimeoutMs));
    }

    public void Write(int partition, IEnumerable<string> values, bool commit)
    {
        Open(partition, values);
        Check(commit ? CommitTransaction(_client, TimeoutMs) : AbortTransaction(_client, TimeoutMs));
    }

    /// <summary>Begins a transaction with some records, and waits until they are acknowledged.</summary>
    public void Open(int partition, IEnumerable<string> values)
    {
        Check(BeginTransaction(_client));
        foreach (string value in values)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(value);
            Assert.Equal(0, Produce(_topic, partition, Copy, bytes, (nuint)bytes.Length, 0, 0, 0));
        }

        Assert.Equal(0, Flush(_client, TimeoutMs));
    }

    public void Commit() => Check(CommitTransaction(_client, TimeoutMs));

    public void Dispose()
    {
        TopicDestroy(_topic);
        Destroy(_client);
    }

    private static void Check(nint error) => Assert.True(error == 0, error == 0 ? "" : Marshal.PtrToStringUTF8(ErrorText(error)));

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_new")]
    private static partial nint ConfNew();

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ConfSet(nint conf, string name, string value, byte* error, nuint errorSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_new")]
    private static partial nint New(int type, nint conf, byte* error, nuint errorSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_new", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint TopicNew(nint client, string topic, nint conf);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_destroy")]
    private static partial void TopicDestroy(nint topic);

    [LibraryImport(Library, EntryPoint = "rd_kafka_destroy")]
    private static partial void Destroy(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_init_transactions")]
    private static partial nint InitTransactions(nint client, int timeoutMs);

    [LibraryImport(Library, EntryPoint = "rd_kafka_begin_transaction")]
    private static partial nint BeginTransaction(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_commit_transaction")]
    private static partial nint CommitTransaction(nint client, int timeoutMs);

    [LibraryImport(Library, EntryPoint = "rd_kafka_abort_transaction")]
    private static partial nint AbortTransaction(nint client, int timeoutMs);

    [LibraryImport(Library, EntryPoint = "rd_kafka_error_string")]
    private static partial nint ErrorText(nint error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_flush")]
    private static partial int Flush(nint client, int timeoutMs);

    [LibraryImport(Library, EntryPoint = "rd_kafka_produce")]
    private static partial int Produce(nint topic, int partition, int flags, byte[] value, nuint length, nint key, nuint keyLength, nint opaque);
}
