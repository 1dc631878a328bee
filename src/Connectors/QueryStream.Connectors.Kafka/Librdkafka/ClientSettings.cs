using System.Globalization;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>What a client is for; each has settings of its own.</summary>
internal enum ClientKind
{
    /// <summary>Questions and commits; fetches nothing, so that no waiting fetch delays an answer.</summary>
    Admin,

    /// <summary>Fetches records.</summary>
    Fetch,

    /// <summary>Writes records.</summary>
    Produce,
}

/// <summary>All defaults that differ from librdkafka's own, with the reasons.</summary>
internal static class ClientSettings
{
    private const int Mebibyte = 1024 * 1024;

    /// <summary>The properties of a client, in the order in which they are set: the connection's own come last and override.</summary>
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

    private static IEnumerable<KeyValuePair<string, string>> Common(ClientKind kind, KafkaConnection connection)
    {
        yield return new("bootstrap.servers", connection.BootstrapServers);
        yield return new("client.id", "querystream");

        // After an outage work goes on a second later at most; the default waits up to 10 s.
        yield return new("reconnect.backoff.max.ms", "1000");
        yield return new("socket.keepalive.enable", "true");

        // A connection cut without a word is given up after 20 s instead of 60; what was on its way is asked or sent again.
        yield return new("socket.timeout.ms", "20000");

        // Brokers close idle connections; that is no news. But a client that asks wants to know why it gets no answer: a broker that
        // expects TLS just hangs up on whoever comes without.
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

        // Some lines each time the client learns of topics; one of them says that a topic was replaced by another (see ClientHandle).
        yield return new("debug", "metadata");

        // Bounded sources end by it, and it tells the position behind what is no record.
        yield return new("enable.partition.eof", "true");
        yield return new("auto.offset.reset", "earliest");

        // A fetch that waits for new records keeps partitions waiting that had a full queue when it was sent.
        yield return new("fetch.wait.max.ms", "100");

        // A full queue pauses fetching this long; the default of a second costs a backlog most of its speed.
        yield return new("fetch.queue.backoff.ms", "2");

        // Small fetches that take turns over the partitions keep memory and the skew of event time small.
        yield return new("fetch.message.max.bytes", Number(Mebibyte / 4));
        yield return new("fetch.max.bytes", Number(Mebibyte));
        yield return new("queued.max.messages.kbytes", Number(Math.Max(1, reader.QueuedBytes / 1024)));

        // Beside its bytes a queued record costs about 200 of administration; this bounds it for small records.
        yield return new("queued.min.messages", "50000");

        // A single record may be as large as the broker allows: a limit that it exceeds would stop its partition for good.
        yield return new("receive.message.max.bytes", "1000000000");
    }

    private static IEnumerable<KeyValuePair<string, string>> Produce()
    {
        yield return new("acks", "all");
        yield return new("enable.idempotence", "true");

        // No record is given up in an outage.
        yield return new("message.timeout.ms", "0");
        yield return new("linger.ms", "5");

        // Equal keys in the partition where Java's producers put them.
        yield return new("partitioner", "murmur2_random");

        // The broker's limit decides what is too large.
        yield return new("message.max.bytes", Number(64 * Mebibyte));

        // Each producer bounds what it has in flight; librdkafka's own bound would refuse records in the middle of a batch.
        yield return new("queue.buffering.max.messages", "10000000");
        yield return new("queue.buffering.max.kbytes", "2000000");
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
