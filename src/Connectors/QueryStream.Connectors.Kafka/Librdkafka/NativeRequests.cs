using System.Buffers.Binary;
using System.Runtime.InteropServices;
using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>Requests for topics, offsets, and offsets of groups. All block, and throw <see cref="NativeRequestException"/>.</summary>
internal static unsafe class NativeRequests
{
    private const long LatestOffset = -1;
    private const long EarliestOffset = -2;
    private const int IdBytes = 16;

    /// <summary>Requests the list of brokers, the cheapest request.</summary>
    public static void Brokers(nint client, int timeoutMs)
    {
        NativeMetadata* metadata;
        Check("the list of brokers", NativeMethods.Metadata(client, 0, 0, &metadata, timeoutMs));
        NativeMethods.MetadataDestroy(metadata);
    }

    /// <summary>The names of all topics.</summary>
    public static List<string> Topics(nint client, int timeoutMs)
    {
        NativeMetadata* metadata;
        Check("the list of topics", NativeMethods.Metadata(client, 1, 0, &metadata, timeoutMs));
        List<string> topics = [];
        for (int i = 0; i < metadata->TopicCount; i++)
        {
            topics.Add(NativeMethods.Text(metadata->Topics[i].Topic));
        }

        NativeMethods.MetadataDestroy(metadata);
        return topics;
    }

    /// <summary>A topic with its id; null if there is no such topic. Never creates it.</summary>
    public static KafkaTopic? FindTopic(nint client, string topic, int timeoutMs)
    {
        string request = $"the topic '{topic}'";
        byte* name = (byte*)Marshal.StringToCoTaskMemUTF8(topic);
        nint topics = NativeMethods.TopicCollectionNew(&name, 1);
        Marshal.FreeCoTaskMem((nint)name);
        try
        {
            return NativeAdminRequest.Run(
                client,
                NativeAdminRequest.DescribeTopics,
                request,
                timeoutMs,
                (options, queue) => NativeMethods.DescribeTopics(client, topics, options, queue),
                answer =>
                {
                    nuint count;
                    nint description = NativeMethods.DescribeTopicsResultTopics(NativeMethods.EventDescribeTopicsResult(answer), &count)[0];
                    NativeError error = NativeMethods.ErrorCode(NativeMethods.TopicDescriptionError(description));
                    if (error == NativeError.UnknownTopicOrPartition)
                    {
                        return null;
                    }

                    Check(request, error);
                    return new KafkaTopic(topic, PartitionsOf(description), IdOf(NativeMethods.TopicDescriptionId(description)));
                });
        }
        finally
        {
            NativeMethods.TopicCollectionDestroy(topics);
        }
    }

    /// <summary>
    /// The high watermarks of partitions, which include records of open transactions. A partition that fails (deleted, without a leader) is left out,
    /// so that the others still get theirs.
    /// </summary>
    public static Dictionary<int, long> HighWatermarks(nint client, string topic, int[] partitions, int timeoutMs) => WithList(
        topic,
        [.. partitions.Select(partition => new KafkaOffset(partition, LatestOffset))],
        list => NativeAdminRequest.Run(
            client,
            NativeAdminRequest.ListOffsets,
            $"the ends of '{topic}'",
            timeoutMs,
            (options, queue) => NativeMethods.ListOffsets(client, (NativePartitionList*)list, options, queue),
            answer =>
            {
                Dictionary<int, long> ends = [];
                NativeError error = NativeError.None;
                nuint count;
                nint* infos = NativeMethods.ListOffsetsResultInfos(NativeMethods.EventListOffsetsResult(answer), &count);
                for (nuint i = 0; i < count; i++)
                {
                    NativePartition* partition = NativeMethods.OffsetInfoPartition(infos[i]);
                    if (partition->Error != NativeError.None)
                    {
                        error = partition->Error;
                    }
                    else if (partition->Offset >= 0)
                    {
                        ends[partition->Partition] = partition->Offset;
                    }
                }

                if (ends.Count == 0)
                {
                    Check($"the ends of '{topic}'", error);
                }

                return ends;
            }));

    /// <summary>The end offsets of partitions as a reader sees them: the last stable offsets, unless the client reads uncommitted records.</summary>
    public static Dictionary<int, long> Ends(nint client, string topic, int[] partitions, int timeoutMs) =>
        Complete(topic, partitions, OffsetsAt(client, topic, partitions, LatestOffset, timeoutMs));

    /// <summary>The low watermarks of partitions.</summary>
    public static Dictionary<int, long> Starts(nint client, string topic, int[] partitions, int timeoutMs) =>
        Complete(topic, partitions, OffsetsAt(client, topic, partitions, EarliestOffset, timeoutMs));

    /// <summary>The offsets of the first records with this timestamp or a later one. A partition without one is left out.</summary>
    public static Dictionary<int, long> OffsetsFor(nint client, string topic, int[] partitions, EventTime time, int timeoutMs) =>
        OffsetsAt(client, topic, partitions, Math.Max(0, time.Milliseconds), timeoutMs);

    /// <summary>The committed offsets of the client's group. A partition without one is left out.</summary>
    public static Dictionary<int, long> Committed(nint client, string topic, int[] partitions, int timeoutMs) => WithList(
        topic,
        [.. partitions.Select(partition => new KafkaOffset(partition, 0))],
        list =>
        {
            Check($"the group's offsets of '{topic}'", NativeMethods.Committed(client, (NativePartitionList*)list, timeoutMs));
            return Read($"the group's offsets of '{topic}'", (NativePartitionList*)list);
        });

    /// <summary>Commits offsets for the client's group.</summary>
    public static void Commit(nint client, string topic, IReadOnlyList<KafkaOffset> positions, int timeoutMs)
    {
        string request = $"to commit offsets of '{topic}'";
        nint queue = NativeMethods.QueueNew(client);
        try
        {
            WithList(topic, positions, list =>
            {
                Check(request, NativeMethods.Commit(client, (NativePartitionList*)list, queue, 0, 0));
                return true;
            });
            nint answer = NativeMethods.QueuePoll(queue, timeoutMs);
            NativeError error = answer == 0 ? NativeError.TimedOut : NativeMethods.EventError(answer);
            if (answer != 0)
            {
                NativeMethods.EventDestroy(answer);
            }

            Check(request, error);
        }
        finally
        {
            NativeMethods.QueueDestroy(queue);
        }
    }

    internal static void Check(string request, NativeError error)
    {
        if (error != NativeError.None)
        {
            throw new NativeRequestException(request, error, NativeMethods.Describe(error));
        }
    }

    /// <summary>Checks an rd_kafka_error_t, and destroys it.</summary>
    internal static void Check(string request, nint nativeError)
    {
        NativeError error = nativeError == 0 ? NativeError.None : NativeMethods.ErrorCode(nativeError);
        NativeMethods.ErrorDestroy(nativeError);
        Check(request, error);
    }

    private static int[] PartitionsOf(nint description)
    {
        nuint count;
        nint* infos = NativeMethods.TopicDescriptionPartitions(description, &count);
        int[] partitions = new int[count];
        for (int i = 0; i < partitions.Length; i++)
        {
            partitions[i] = NativeMethods.PartitionInfoPartition(infos[i]);
        }

        Array.Sort(partitions);
        return partitions;
    }

    // Formatted as by Kafka's tools. Brokers before 2.8 have no ids and return 0.
    private static string IdOf(nint uuid)
    {
        Span<byte> bytes = stackalloc byte[IdBytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, NativeMethods.UuidHigh(uuid));
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], NativeMethods.UuidLow(uuid));
        return bytes.ContainsAnyExcept((byte)0) ? System.Buffers.Text.Base64Url.EncodeToString(bytes) : "";
    }

    // A partition without a leader is temporarily missing from the response.
    private static Dictionary<int, long> Complete(string topic, int[] partitions, Dictionary<int, long> offsets)
    {
        foreach (int partition in partitions)
        {
            if (!offsets.ContainsKey(partition))
            {
                throw new NativeRequestException($"the offsets of '{topic}'", NativeError.LeaderNotAvailable, $"no answer for partition {partition}");
            }
        }

        return offsets;
    }

    private static Dictionary<int, long> OffsetsAt(nint client, string topic, int[] partitions, long time, int timeoutMs) => WithList(
        topic,
        [.. partitions.Select(partition => new KafkaOffset(partition, time))],
        list =>
        {
            Check($"the offsets of '{topic}'", NativeMethods.OffsetsForTimes(client, (NativePartitionList*)list, timeoutMs));
            return Read($"the offsets of '{topic}'", (NativePartitionList*)list);
        });

    private static Dictionary<int, long> Read(string request, NativePartitionList* list)
    {
        Dictionary<int, long> offsets = [];
        for (int i = 0; i < list->Count; i++)
        {
            ref NativePartition partition = ref list->Elements[i];
            Check(request, partition.Error);
            if (partition.Offset >= 0)
            {
                offsets[partition.Partition] = partition.Offset;
            }
        }

        return offsets;
    }

    private static T WithList<T>(string topic, IReadOnlyList<KafkaOffset> offsets, Func<nint, T> use)
    {
        NativePartitionList* list = NativeMethods.PartitionListNew(offsets.Count);
        try
        {
            foreach (KafkaOffset offset in offsets)
            {
                NativeMethods.PartitionListAdd(list, topic, offset.Partition)->Offset = offset.Offset;
            }

            return use((nint)list);
        }
        finally
        {
            NativeMethods.PartitionListDestroy(list);
        }
    }
}

/// <summary>A request to the cluster failed. Internal to the connector, whose callers see the project's exceptions.</summary>
internal sealed class NativeRequestException(string request, NativeError error, string text) : Exception(text)
{
    /// <summary>Names the request in messages, after "refuses".</summary>
    public string Request { get; } = request;

    public NativeError Error { get; } = error;

    /// <summary>
    /// Whether librdkafka knows no leader of a partition: the topic is deleted, or librdkafka has forgotten all unreachable brokers
    /// (metadata.recovery.strategy=rebootstrap).
    /// </summary>
    public bool IsLeaderUnknown => Error is NativeError.NoEntry;

    /// <summary>Whether the cluster did not respond or is not ready, so that a retry may help.</summary>
    public bool IsUnreachable => IsLeaderUnknown
        || Error is NativeError.Transport or NativeError.TimedOut or NativeError.AllBrokersDown or NativeError.Resolve
        or NativeError.LeaderNotAvailable or NativeError.WaitCoordinator or NativeError.CoordinatorLoading or NativeError.CoordinatorNotAvailable
        or NativeError.UnstableOffset or NativeError.NotCoordinator or NativeError.NotLeader or NativeError.RequestTimedOut;
}
