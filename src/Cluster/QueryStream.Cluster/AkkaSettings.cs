using System.Globalization;
using Akka.Configuration;
using QueryStream.Cluster.Links;
using QueryStream.Cluster.Membership;
using QueryStream.Cluster.Remoting;
using QueryStream.Cluster.Sharding;

namespace QueryStream.Cluster;

/// <summary>Akka's settings for a node, by measurement rather than by default; docs/design/membership.md says what they mean for deaths.</summary>
internal static class AkkaSettings
{
    // What the user sets wins, except for the transport.
    public static Config Of(NodeOptions options) => ConfigurationFactory
        .ParseString($"akka.remote.enabled-transports = [\"{SocketTransport.ConfigPath}\"]")
        .WithFallback(ConfigurationFactory.ParseString(options.Akka))
        .WithFallback(ConfigurationFactory.ParseString(Text(options)));

    private static string Text(NodeOptions options) => $$"""
        akka {
          # What wakes an idle node up costs it more than the work itself: about 0.02 % of a core for each time a second.
          scheduler.tick-duration = 50ms
          # The process handles SIGTERM: its work is handed over before it leaves the cluster.
          coordinated-shutdown.run-by-clr-shutdown-hook = off
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          actor {
            provider = cluster

            # Threads of their own: on the pool, heartbeats would wait for the tasks of jobs, and a busy worker would look dead.
            default-dispatcher = {{Threads(2)}}
            internal-dispatcher = {{Threads(2)}}
            serializers {
              json = "{{NameOf<NoSerializer>()}}"
              querystream = "{{NameOf<ClusterSerializer>()}}"
            }
            serialization-bindings {
              "{{NameOf<LinkMessage>()}}" = querystream
              "{{NameOf<JoinInvitation>()}}" = querystream
              "{{NameOf<LeaveRequest>()}}" = querystream
              "{{NameOf<KeyMessage>()}}" = querystream
            }
          }
          remote {
            default-remote-dispatcher = {{Threads(2)}}
            backoff-remote-dispatcher = {{Threads(1)}}
            retry-gate-closed-for = 300ms
            handshake-timeout = 3s
            log-remote-lifecycle-events = off
            {{SocketTransport.ConfigName}} {
              transport-class = "{{NameOf<SocketTransport>()}}"
              transport-protocol = tcp
              applied-adapters = []
            }
          }
          cluster {
            roles = ["{{options.Role.AkkaName()}}"]
            # The membership actor decides.
            downing-provider-class = "Akka.Cluster.NoDowning, Akka.Cluster"
            down-removal-margin = 1ms
            gossip-interval = 200ms
            leader-actions-interval = 100ms
            unreachable-nodes-reaper-interval = 100ms
            periodic-tasks-initial-delay = 50ms
            seed-node-timeout = 1s
            retry-unsuccessful-join-after = 1s
            failure-detector {
              implementation-class = "{{NameOf<ToldFailureDetector>()}}"
              heartbeat-interval = 300ms
              acceptable-heartbeat-pause = 2s
              expected-response-after = 300ms
            }
            singleton.hand-over-retry-interval = 100ms
            singleton-proxy.singleton-identification-interval = 100ms
          }
        }
        """ + Sharding;

    private const string Sharding = """

        akka.cluster.sharding {
          # Nothing of it outlives the cluster: the leader says where shards belong. (The store for durable data does not run with the available
          # package versions.)
          state-store-mode = ddata
          remember-entities = off
          distributed-data {
            durable.keys = []
            majority-min-cap = 3
            gossip-interval = 1s
            notify-subscribers-interval = 200ms
          }
          retry-interval = 200ms
          rebalance-interval = 500ms
          handoff-timeout = 5s
          coordinator-failure-backoff = 500ms
          shard-start-timeout = 2s
          shard-failure-backoff = 1s
          entity-restart-backoff = 1s
          waiting-for-state-timeout = 2s
          updating-state-timeout = 3s
        }
        """;

    private static string Threads(int count) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{ type = Dispatcher, executor = \"{NameOf<WaitingThreadsConfigurator>()}\", threads = {count}, throughput = 5 }}");

    private static string NameOf<T>() => $"{typeof(T).FullName}, {typeof(T).Assembly.GetName().Name}";
}
