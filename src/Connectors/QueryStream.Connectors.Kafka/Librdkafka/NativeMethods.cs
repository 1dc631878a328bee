using System.Runtime.InteropServices;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>
/// The used part of librdkafka's C API, documented in rdkafka.h. Calls that suppress the GC transition only read a field.
/// </summary>
internal static unsafe partial class NativeMethods
{
    private const string Library = LibrdkafkaLibrary.Name;

    [LibraryImport(Library, EntryPoint = "rd_kafka_version")]
    internal static partial int Version();

    [LibraryImport(Library, EntryPoint = "rd_kafka_version_str")]
    internal static partial byte* VersionText();

    [LibraryImport(Library, EntryPoint = "rd_kafka_err2str")]
    internal static partial byte* ErrorText(NativeError error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_last_error")]
    internal static partial NativeError LastError();

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_new")]
    internal static partial nint ConfNew();

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_destroy")]
    internal static partial void ConfDestroy(nint conf);

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ConfSet(nint conf, string name, string value, byte* error, nuint errorSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set_events")]
    internal static partial void ConfSetEvents(nint conf, int events);

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set_log_cb")]
    internal static partial void ConfSetLog(nint conf, delegate* unmanaged[Cdecl]<nint, int, byte*, byte*, void> log);

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set_opaque")]
    internal static partial void ConfSetOpaque(nint conf, nint opaque);

    [LibraryImport(Library, EntryPoint = "rd_kafka_opaque")]
    internal static partial nint Opaque(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_new")]
    internal static partial nint New(int type, nint conf, byte* error, nuint errorSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_destroy_flags")]
    internal static partial void Destroy(nint client, int flags);

    [LibraryImport(Library, EntryPoint = "rd_kafka_fatal_error")]
    internal static partial NativeError FatalError(nint client, byte* error, nuint errorSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_new", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint TopicNew(nint client, string topic, nint conf);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_destroy")]
    internal static partial void TopicDestroy(nint topic);

    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_new")]
    internal static partial nint QueueNew(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_destroy")]
    internal static partial void QueueDestroy(nint queue);

    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_get_main")]
    internal static partial nint QueueGetMain(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_get_consumer")]
    internal static partial nint QueueGetConsumer(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_poll_set_consumer")]
    internal static partial NativeError PollSetConsumer(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_cb_event_enable")]
    internal static partial void QueueOnEvent(nint queue, delegate* unmanaged[Cdecl]<nint, nint, void> callback, nint opaque);

    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_poll")]
    internal static partial nint QueuePoll(nint queue, int timeoutMs);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_type")]
    internal static partial int EventType(nint nativeEvent);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_error")]
    internal static partial NativeError EventError(nint nativeEvent);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_error_string")]
    internal static partial byte* EventErrorText(nint nativeEvent);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_message_array")]
    internal static partial nuint EventMessages(nint nativeEvent, NativeMessage** messages, nuint size);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_destroy")]
    internal static partial void EventDestroy(nint nativeEvent);

    [LibraryImport(Library, EntryPoint = "rd_kafka_consume_start_queue")]
    internal static partial int ConsumeStart(nint topic, int partition, long offset, nint queue);

    [LibraryImport(Library, EntryPoint = "rd_kafka_consume_stop")]
    internal static partial int ConsumeStop(nint topic, int partition);

    [LibraryImport(Library, EntryPoint = "rd_kafka_get_watermark_offsets", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial NativeError KnownWatermarks(nint client, string topic, int partition, long* low, long* high);

    [LibraryImport(Library, EntryPoint = "rd_kafka_consume_batch_queue")]
    internal static partial nint ConsumeBatch(nint queue, int timeoutMs, NativeMessage** messages, nuint size);

    [LibraryImport(Library, EntryPoint = "rd_kafka_message_timestamp")]
    [SuppressGCTransition]
    internal static partial long MessageTimestamp(NativeMessage* message, int* type);

    [LibraryImport(Library, EntryPoint = "rd_kafka_message_destroy")]
    internal static partial void MessageDestroy(NativeMessage* message);

    [LibraryImport(Library, EntryPoint = "rd_kafka_metadata")]
    internal static partial NativeError Metadata(nint client, int allTopics, nint topic, NativeMetadata** metadata, int timeoutMs);

    [LibraryImport(Library, EntryPoint = "rd_kafka_metadata_destroy")]
    internal static partial void MetadataDestroy(NativeMetadata* metadata);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_partition_list_new")]
    internal static partial NativePartitionList* PartitionListNew(int size);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_partition_list_add", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial NativePartition* PartitionListAdd(NativePartitionList* list, string topic, int partition);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_partition_list_destroy")]
    internal static partial void PartitionListDestroy(NativePartitionList* list);

    [LibraryImport(Library, EntryPoint = "rd_kafka_offsets_for_times")]
    internal static partial NativeError OffsetsForTimes(nint client, NativePartitionList* offsets, int timeoutMs);

    [LibraryImport(Library, EntryPoint = "rd_kafka_committed")]
    internal static partial NativeError Committed(nint client, NativePartitionList* offsets, int timeoutMs);

    [LibraryImport(Library, EntryPoint = "rd_kafka_commit_queue")]
    internal static partial NativeError Commit(nint client, NativePartitionList* offsets, nint queue, nint callback, nint opaque);

    [LibraryImport(Library, EntryPoint = "rd_kafka_produce_batch")]
    internal static partial int ProduceBatch(nint topic, int partition, int flags, NativeMessage* messages, int count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_produceva")]
    internal static partial nint ProduceFields(nint client, NativeField* fields, nuint count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_message_headers")]
    internal static partial NativeError MessageHeaders(NativeMessage* message, nint* headers);

    [LibraryImport(Library, EntryPoint = "rd_kafka_header_get_all")]
    internal static partial NativeError HeaderGet(nint headers, nuint index, byte** name, byte** value, nuint* size);

    [LibraryImport(Library, EntryPoint = "rd_kafka_headers_new")]
    internal static partial nint HeadersNew(nuint capacity);

    [LibraryImport(Library, EntryPoint = "rd_kafka_header_add")]
    internal static partial NativeError HeaderAdd(nint headers, byte* name, nint nameLength, byte* value, nint valueLength);

    [LibraryImport(Library, EntryPoint = "rd_kafka_headers_destroy")]
    internal static partial void HeadersDestroy(nint headers);

    [LibraryImport(Library, EntryPoint = "rd_kafka_error_code")]
    internal static partial NativeError ErrorCode(nint error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_error_destroy")]
    internal static partial void ErrorDestroy(nint error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_NewTopic_new", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint NewTopicNew(string topic, int partitions, int replication, byte* error, nuint errorSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_NewTopic_set_config", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial NativeError NewTopicSetConfig(nint newTopic, string name, string value);

    [LibraryImport(Library, EntryPoint = "rd_kafka_NewTopic_destroy")]
    internal static partial void NewTopicDestroy(nint newTopic);

    [LibraryImport(Library, EntryPoint = "rd_kafka_AdminOptions_new")]
    internal static partial nint AdminOptionsNew(nint client, int operation);

    [LibraryImport(Library, EntryPoint = "rd_kafka_AdminOptions_set_request_timeout")]
    internal static partial NativeError AdminOptionsSetRequestTimeout(nint options, int timeoutMs, byte* error, nuint errorSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_AdminOptions_set_operation_timeout")]
    internal static partial NativeError AdminOptionsSetOperationTimeout(nint options, int timeoutMs, byte* error, nuint errorSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_AdminOptions_destroy")]
    internal static partial void AdminOptionsDestroy(nint options);

    [LibraryImport(Library, EntryPoint = "rd_kafka_CreateTopics")]
    internal static partial void CreateTopics(nint client, nint* newTopics, nuint count, nint options, nint queue);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_CreateTopics_result")]
    internal static partial nint EventCreateTopicsResult(nint nativeEvent);

    [LibraryImport(Library, EntryPoint = "rd_kafka_CreateTopics_result_topics")]
    internal static partial nint* CreateTopicsResultTopics(nint result, nuint* count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_DeleteTopic_new", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint DeleteTopicNew(string topic);

    [LibraryImport(Library, EntryPoint = "rd_kafka_DeleteTopic_destroy")]
    internal static partial void DeleteTopicDestroy(nint deleteTopic);

    [LibraryImport(Library, EntryPoint = "rd_kafka_DeleteTopics")]
    internal static partial void DeleteTopics(nint client, nint* deleteTopics, nuint count, nint options, nint queue);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_DeleteTopics_result")]
    internal static partial nint EventDeleteTopicsResult(nint nativeEvent);

    [LibraryImport(Library, EntryPoint = "rd_kafka_DeleteTopics_result_topics")]
    internal static partial nint* DeleteTopicsResultTopics(nint result, nuint* count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_TopicCollection_of_topic_names")]
    internal static partial nint TopicCollectionNew(byte** topics, nuint count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_TopicCollection_destroy")]
    internal static partial void TopicCollectionDestroy(nint topics);

    [LibraryImport(Library, EntryPoint = "rd_kafka_DescribeTopics")]
    internal static partial void DescribeTopics(nint client, nint topics, nint options, nint queue);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_DescribeTopics_result")]
    internal static partial nint EventDescribeTopicsResult(nint nativeEvent);

    [LibraryImport(Library, EntryPoint = "rd_kafka_DescribeTopics_result_topics")]
    internal static partial nint* DescribeTopicsResultTopics(nint result, nuint* count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_TopicDescription_error")]
    internal static partial nint TopicDescriptionError(nint topic);

    [LibraryImport(Library, EntryPoint = "rd_kafka_TopicDescription_topic_id")]
    internal static partial nint TopicDescriptionId(nint topic);

    [LibraryImport(Library, EntryPoint = "rd_kafka_TopicDescription_partitions")]
    internal static partial nint* TopicDescriptionPartitions(nint topic, nuint* count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_TopicPartitionInfo_partition")]
    internal static partial int PartitionInfoPartition(nint partition);

    [LibraryImport(Library, EntryPoint = "rd_kafka_Uuid_most_significant_bits")]
    internal static partial long UuidHigh(nint uuid);

    [LibraryImport(Library, EntryPoint = "rd_kafka_Uuid_least_significant_bits")]
    internal static partial long UuidLow(nint uuid);

    [LibraryImport(Library, EntryPoint = "rd_kafka_ListOffsets")]
    internal static partial void ListOffsets(nint client, NativePartitionList* partitions, nint options, nint queue);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_ListOffsets_result")]
    internal static partial nint EventListOffsetsResult(nint nativeEvent);

    [LibraryImport(Library, EntryPoint = "rd_kafka_ListOffsets_result_infos")]
    internal static partial nint* ListOffsetsResultInfos(nint result, nuint* count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_ListOffsetsResultInfo_topic_partition")]
    internal static partial NativePartition* OffsetInfoPartition(nint info);

    [LibraryImport(Library, EntryPoint = "rd_kafka_NewPartitions_new", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint NewPartitionsNew(string topic, nuint total, byte* error, nuint errorSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_NewPartitions_destroy")]
    internal static partial void NewPartitionsDestroy(nint newPartitions);

    [LibraryImport(Library, EntryPoint = "rd_kafka_CreatePartitions")]
    internal static partial void CreatePartitions(nint client, nint* newPartitions, nuint count, nint options, nint queue);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_CreatePartitions_result")]
    internal static partial nint EventCreatePartitionsResult(nint nativeEvent);

    [LibraryImport(Library, EntryPoint = "rd_kafka_CreatePartitions_result_topics")]
    internal static partial nint* CreatePartitionsResultTopics(nint result, nuint* count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_result_error")]
    internal static partial NativeError TopicResultError(nint topicResult);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_result_error_string")]
    internal static partial byte* TopicResultErrorText(nint topicResult);

    [LibraryImport(Library, EntryPoint = "rd_kafka_error_string")]
    internal static partial byte* ErrorString(nint error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_error_is_fatal")]
    internal static partial int ErrorIsFatal(nint error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_error_is_retriable")]
    internal static partial int ErrorIsRetriable(nint error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_error_txn_requires_abort")]
    internal static partial int ErrorRequiresAbort(nint error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_init_transactions")]
    internal static partial nint InitTransactions(nint client, int timeoutMs);

    [LibraryImport(Library, EntryPoint = "rd_kafka_begin_transaction")]
    internal static partial nint BeginTransaction(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_send_offsets_to_transaction")]
    internal static partial nint SendOffsetsToTransaction(nint client, NativePartitionList* offsets, nint group, int timeoutMs);

    [LibraryImport(Library, EntryPoint = "rd_kafka_commit_transaction")]
    internal static partial nint CommitTransaction(nint client, int timeoutMs);

    [LibraryImport(Library, EntryPoint = "rd_kafka_abort_transaction")]
    internal static partial nint AbortTransaction(nint client, int timeoutMs);

    [LibraryImport(Library, EntryPoint = "rd_kafka_consumer_group_metadata_new", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint GroupMetadataNew(string group);

    [LibraryImport(Library, EntryPoint = "rd_kafka_consumer_group_metadata_destroy")]
    internal static partial void GroupMetadataDestroy(nint metadata);

    [LibraryImport(Library, EntryPoint = "rd_kafka_ConfigResource_new", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint ConfigResourceNew(int type, string name);

    [LibraryImport(Library, EntryPoint = "rd_kafka_ConfigResource_destroy")]
    internal static partial void ConfigResourceDestroy(nint resource);

    [LibraryImport(Library, EntryPoint = "rd_kafka_DescribeConfigs")]
    internal static partial void DescribeConfigs(nint client, nint* resources, nuint count, nint options, nint queue);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_DescribeConfigs_result")]
    internal static partial nint EventDescribeConfigsResult(nint nativeEvent);

    [LibraryImport(Library, EntryPoint = "rd_kafka_DescribeConfigs_result_resources")]
    internal static partial nint* DescribeConfigsResultResources(nint result, nuint* count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_ConfigResource_error")]
    internal static partial NativeError ConfigResourceError(nint resource);

    [LibraryImport(Library, EntryPoint = "rd_kafka_ConfigResource_configs")]
    internal static partial nint* ConfigResourceEntries(nint resource, nuint* count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_ConfigEntry_name")]
    internal static partial byte* ConfigEntryName(nint entry);

    [LibraryImport(Library, EntryPoint = "rd_kafka_ConfigEntry_value")]
    internal static partial byte* ConfigEntryValue(nint entry);

    /// <summary>Text that librdkafka owns; empty for null.</summary>
    internal static string Text(byte* utf8) => Marshal.PtrToStringUTF8((nint)utf8) ?? "";

    /// <summary>Produces one record, given as fields.</summary>
    internal static NativeError TryProduce(nint client, NativeField* fields, int count)
    {
        nint refusal = ProduceFields(client, fields, (nuint)count);
        if (refusal == 0)
        {
            return NativeError.None;
        }

        NativeError error = ErrorCode(refusal);
        ErrorDestroy(refusal);
        return error;
    }

    /// <summary>librdkafka's description of an error.</summary>
    internal static string Describe(NativeError error) => Text(ErrorText(error));
}
