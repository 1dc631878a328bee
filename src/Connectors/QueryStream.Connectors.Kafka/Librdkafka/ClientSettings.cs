using System.Globalization;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>The kinds of clients, which differ in their settings.</summary>
internal enum ClientKind
{
    /// <summary>Sends admin requests and commits. It fetches nothing, so no long-polling fetch delays a response.</summary>
    Admin,

    /// <summary>Fetches records.</summary>
    Fetch,

    /// <summary>Writes records.</summary>
    Produce,
}

/// <summary>All settings that differ from librdkafka's defaults, with the reasons.</summary>
internal static class ClientSettings
{
    private const int Mebibyte = 1024 * 1024;
    private const int MaxFetchBytes = 16 * Mebibyte;

    // The limits of a fetch per partition. Brokers accept batches of up to 1 MiB by default; with many partitions, the limit must be lower.
    private const int MaxBatchBytes = Mebibyte;
    private const int MinBatchBytes = Mebibyte / 16;
    private const int SocketTimeoutMs = 20_000;

    /// <summary>The properties of a client, in the order in which they are set. Those of the connection come last and override the others.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Of(ClientKind kind, KafkaConnection connection, KafkaReaderOptions? reader)
    {
        IEnumerable<KeyValuePair<string, string>> settings = kind switch
        {
            ClientKind.Admin => Admin(connection),
            ClientKind.Fetch => Fetch(reader!),
            _ => Produce(),
        };
        return [.. Common(kind, connection), .. settings, .. connection.Properties];
    }

    /// <summary>The properties of a client that writes in transactions, in the same order.</summary>
    public static IEnumerable<KeyValuePair<string, string>> OfTransactions(KafkaConnection connection, KafkaTransactionOptions transactions)
    {
        int timeout = (int)transactions.Timeout.TotalMilliseconds;
        return
        [
            .. Common(ClientKind.Produce, connection),
            .. Produce().Where(setting => setting.Key != "message.timeout.ms"),
            new("transactional.id", transactions.Id),
            new("transaction.timeout.ms", Number(timeout)),

            // librdkafka requires at most the transaction timeout. If a record expires, its transaction is repeated.
            new("socket.timeout.ms", Number(Math.Min(timeout, SocketTimeoutMs))),
            .. connection.Properties,
        ];
    }

    private static IEnumerable<KeyValuePair<string, string>> Common(ClientKind kind, KafkaConnection connection)
    {
        yield return new("bootstrap.servers", connection.BootstrapServers);
        yield return new("client.id", "querystream");

        // Reconnects within a second after an outage. The default waits up to 10 s.
        yield return new("reconnect.backoff.max.ms", "1000");
        yield return new("socket.keepalive.enable", "true");

        // A silently dropped connection is detected after 20 s instead of 60. Requests in flight are sent again.
        yield return new("socket.timeout.ms", Number(SocketTimeoutMs));

        // Brokers close idle connections, which is not worth a log line. The admin client needs the reason of a failed request: a broker that
        // expects TLS simply disconnects plaintext clients.
        yield return new("log.connection.close", kind == ClientKind.Admin ? "true" : "false");
    }

    private static IEnumerable<KeyValuePair<string, string>> Admin(KafkaConnection connection)
    {
        if (connection.GroupId.Length > 0)
        {
            yield return new("group.id", connection.GroupId);
        }

        yield return new("enable.auto.commit", "false");
    }

    private static IEnumerable<KeyValuePair<string, string>> Fetch(KafkaReaderOptions reader)
    {
        yield return new("enable.auto.commit", "false");
        yield return new("enable.auto.offset.store", "false");

        // Logs a few lines per metadata update. One of them reports a replaced topic (see ClientHandle).
        yield return new("debug", "metadata");

        // Ends bounded sources, and reports the position behind transaction markers.
        yield return new("enable.partition.eof", "true");
        yield return new("auto.offset.reset", "earliest");

        // A long-polling fetch delays partitions whose queue was full when it was sent.
        yield return new("fetch.wait.max.ms", "100");

        // How long a full queue pauses fetching. With the default of 1 s, catching up on a backlog loses most of its speed.
        yield return new("fetch.queue.backoff.ms", "2");

        // A fetch must have room for a batch of each partition. Otherwise it returns the first partitions only, and librdkafka begins with the same
        // ones after each pause for a full queue: the others would wait until these have ended.
        yield return new("fetch.message.max.bytes", Number(Math.Clamp(MaxFetchBytes / reader.Partitions, MinBatchBytes, MaxBatchBytes)));
        yield return new("fetch.max.bytes", Number(MaxFetchBytes));
        yield return new("queued.max.messages.kbytes", Number(Math.Max(1, reader.QueuedBytes / 1024)));

        // Each queued record costs about 200 bytes of overhead; this limits it for small records.
        yield return new("queued.min.messages", "50000");

        // As large as possible: a record above the limit would block its partition for good.
        yield return new("receive.message.max.bytes", "1000000000");
    }

    private static IEnumerable<KeyValuePair<string, string>> Produce()
    {
        yield return new("acks", "all");
        yield return new("enable.idempotence", "true");

        // Records never expire, so an outage loses none.
        yield return new("message.timeout.ms", "0");
        yield return new("linger.ms", "5");

        // Equal keys go to the partition that Java's producers choose.
        yield return new("partitioner", "murmur2_random");

        // Above any broker's limit, so that the broker decides what is too large.
        yield return new("message.max.bytes", Number(64 * Mebibyte));

        // Each producer limits its records in flight. librdkafka's own limit would refuse records in the middle of a batch.
        yield return new("queue.buffering.max.messages", "10000000");
        yield return new("queue.buffering.max.kbytes", "2000000");
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
