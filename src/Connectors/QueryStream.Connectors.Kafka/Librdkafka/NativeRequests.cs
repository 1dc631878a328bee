using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>Questions to a cluster, each one blocking call of librdkafka. All throw <see cref="NativeRequestException"/>.</summary>
internal static unsafe class NativeRequests
{
    private const long LatestOffset = -1;
    private const long EarliestOffset = -2;
    private const int ErrorSize = 512;
    private const int CreateTopicsOperation = 1;
    private const int CreatePartitionsOperation = 3;

    /// <summary>Asks any broker for the list of brokers: the lightest question there is.</summary>
    public static void Brokers(nint client, int timeoutMs)
    {
        NativeMetadata* metadata;
        Check("the list of brokers", NativeMethods.Metadata(client, 0, 0, &metadata, timeoutMs));
        NativeMethods.MetadataDestroy(metadata);
    }

    /// <summary>The partitions of a topic, in order; null if there is no such topic.</summary>
    public static int[]? Partitions(nint client, string topic, int timeoutMs)
    {
        nint handle = NativeMethods.TopicNew(client, topic, 0);
        if (handle == 0)
        {
            throw Failure($"the topic '{topic}'", NativeMethods.LastError());
        }

        NativeMetadata* metadata = null;
        try
        {
            Check($"the topic '{topic}'", NativeMethods.Metadata(client, 0, handle, &metadata, timeoutMs));
            NativeMetadata.TopicEntry* entry = metadata->TopicCount == 0 ? null : metadata->Topics;
            if (entry == null || entry->Error == NativeError.UnknownTopicOrPartition)
            {
                return null;
            }

            Check($"the topic '{topic}'", entry->Error);
            int[] partitions = new int[entry->PartitionCount];
            for (int i = 0; i < partitions.Length; i++)
            {
                partitions[i] = entry->Partitions[i].Id;
            }

            Array.Sort(partitions);
            return partitions;
        }
        finally
        {
            if (metadata != null)
            {
                NativeMethods.MetadataDestroy(metadata);
            }

            NativeMethods.TopicDestroy(handle);
        }
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

    /// <summary>Where partitions end, as a reader sees it. Those that the broker does not tell are left out.</summary>
    public static Dictionary<int, long> Ends(nint client, string topic, int[] partitions, int timeoutMs) =>
        OffsetsAt(client, topic, partitions, LatestOffset, timeoutMs);

    /// <summary>The oldest offsets of partitions.</summary>
    public static Dictionary<int, long> Starts(nint client, string topic, int[] partitions, int timeoutMs) =>
        OffsetsAt(client, topic, partitions, EarliestOffset, timeoutMs);

    /// <summary>The first offsets at that time or later; a partition without one is left out.</summary>
    public static Dictionary<int, long> OffsetsFor(nint client, string topic, int[] partitions, EventTime time, int timeoutMs) =>
        OffsetsAt(client, topic, partitions, Math.Max(0, time.Milliseconds), timeoutMs);

    /// <summary>What the client's group has committed; a partition without is left out.</summary>
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

    /// <summary>Creates a topic.</summary>
    /// <returns>False if it was there before.</returns>
    public static bool CreateTopic(nint client, string topic, int partitions, IReadOnlyDictionary<string, string> config, int timeoutMs)
    {
        string request = $"to create the topic '{topic}'";
        byte* error = stackalloc byte[ErrorSize];
        nint newTopic = NativeMethods.NewTopicNew(topic, partitions, -1, error, ErrorSize);
        if (newTopic == 0)
        {
            throw new NativeRequestException(request, NativeError.NotImplemented, NativeMethods.Text(error));
        }

        nint options = NativeMethods.AdminOptionsNew(client, CreateTopicsOperation);
        nint queue = NativeMethods.QueueNew(client);
        try
        {
            foreach ((string name, string value) in config)
            {
                Check(request, NativeMethods.NewTopicSetConfig(newTopic, name, value));
            }

            NativeMethods.AdminOptionsSetRequestTimeout(options, timeoutMs, error, ErrorSize);
            NativeMethods.AdminOptionsSetOperationTimeout(options, timeoutMs, error, ErrorSize);
            NativeMethods.CreateTopics(client, &newTopic, 1, options, queue);
            return ReadCreated(request, NativeMethods.QueuePoll(queue, timeoutMs));
        }
        finally
        {
            NativeMethods.QueueDestroy(queue);
            NativeMethods.AdminOptionsDestroy(options);
            NativeMethods.NewTopicDestroy(newTopic);
        }
    }

    /// <summary>Gives a topic more partitions.</summary>
    public static void AddPartitions(nint client, string topic, int partitions, int timeoutMs)
    {
        string request = $"to give the topic '{topic}' {partitions} partitions";
        byte* error = stackalloc byte[ErrorSize];
        nint newPartitions = NativeMethods.NewPartitionsNew(topic, (nuint)partitions, error, ErrorSize);
        if (newPartitions == 0)
        {
            throw new NativeRequestException(request, NativeError.NotImplemented, NativeMethods.Text(error));
        }

        nint options = NativeMethods.AdminOptionsNew(client, CreatePartitionsOperation);
        nint queue = NativeMethods.QueueNew(client);
        nint answer = 0;
        try
        {
            NativeMethods.AdminOptionsSetRequestTimeout(options, timeoutMs, error, ErrorSize);
            NativeMethods.AdminOptionsSetOperationTimeout(options, timeoutMs, error, ErrorSize);
            NativeMethods.CreatePartitions(client, &newPartitions, 1, options, queue);
            answer = NativeMethods.QueuePoll(queue, timeoutMs);
            Check(request, answer == 0 ? NativeError.TimedOut : NativeMethods.EventError(answer));
            nuint count;
            nint* results = NativeMethods.CreatePartitionsResultTopics(NativeMethods.EventCreatePartitionsResult(answer), &count);
            if (NativeMethods.TopicResultError(results[0]) is var refusal and not NativeError.None)
            {
                throw new NativeRequestException(request, refusal, NativeMethods.Text(NativeMethods.TopicResultErrorText(results[0])));
            }
        }
        finally
        {
            if (answer != 0)
            {
                NativeMethods.EventDestroy(answer);
            }

            NativeMethods.QueueDestroy(queue);
            NativeMethods.AdminOptionsDestroy(options);
            NativeMethods.NewPartitionsDestroy(newPartitions);
        }
    }

    private static bool ReadCreated(string request, nint answer)
    {
        if (answer == 0)
        {
            throw Failure(request, NativeError.TimedOut);
        }

        try
        {
            Check(request, NativeMethods.EventError(answer));
            nuint count;
            nint* results = NativeMethods.CreateTopicsResultTopics(NativeMethods.EventCreateTopicsResult(answer), &count);
            NativeError error = NativeMethods.TopicResultError(results[0]);
            return error switch
            {
                NativeError.None => true,
                NativeError.TopicAlreadyExists => false,
                _ => throw new NativeRequestException(request, error, NativeMethods.Text(NativeMethods.TopicResultErrorText(results[0]))),
            };
        }
        finally
        {
            NativeMethods.EventDestroy(answer);
        }
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

    private static void Check(string request, NativeError error)
    {
        if (error != NativeError.None)
        {
            throw Failure(request, error);
        }
    }

    private static NativeRequestException Failure(string request, NativeError error) => new(request, error, NativeMethods.Describe(error));
}
