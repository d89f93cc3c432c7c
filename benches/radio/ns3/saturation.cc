/*
 * ns-3's side of the comparison: senders that always have a frame, each to a receiver of its own, all within hearing.
 *
 * saturation STANDARD MODE BYTES SECONDS SEED ATTEMPTS [short]: a line of JSON for 1 to 8 senders. BYTES are of the whole frame on the air,
 * MAC header and FCS included. Ad hoc, one antenna, 20 MHz, no RTS, no aggregation, no block acknowledgement, long preamble, long guard
 * interval, and the same power everywhere, so no frame captures a receiver. "short": slots of 9 us, not 20, and CWmin 15 at all rates.
 */

#include "ns3/boolean.h"
#include "ns3/config.h"
#include "ns3/mobility-helper.h"
#include "ns3/node-container.h"
#include "ns3/packet-socket-address.h"
#include "ns3/packet-socket-client.h"
#include "ns3/packet-socket-helper.h"
#include "ns3/packet-socket-server.h"
#include "ns3/propagation-delay-model.h"
#include "ns3/propagation-loss-model.h"
#include "ns3/qos-txop.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"
#include "ns3/wifi-mac.h"
#include "ns3/wifi-net-device.h"
#include "ns3/yans-wifi-channel.h"
#include "ns3/yans-wifi-helper.h"

#include <cstdio>
#include <cstdlib>
#include <string>

using namespace ns3;

static const unsigned MOST_SENDERS = 8;
/* LLC and SNAP, which ns-3 puts before a packet; MAC header of data with and without QoS; FCS. */
static const unsigned LLC = 8, HEADER = 24, QOS_HEADER = 26, FCS = 4;
static const double WARM_UP = 0.5;
static const unsigned SHORT_SLOT = 9;

static double
FramesPerSecond(const std::string& standard, const std::string& mode, unsigned bytes, double seconds, unsigned senders, bool shortSlots)
{
    const bool ht = standard == "n";
    NodeContainer nodes(2 * senders);

    auto channel = CreateObject<YansWifiChannel>();
    auto loss = CreateObject<FixedRssLossModel>();
    loss->SetRss(-50);
    channel->SetPropagationLossModel(loss);
    channel->SetPropagationDelayModel(CreateObject<ConstantSpeedPropagationDelayModel>());
    YansWifiPhyHelper phy;
    phy.SetChannel(channel);
    phy.Set("ChannelSettings", StringValue(standard == "b" ? "{1, 22, BAND_2_4GHZ, 0}" : "{1, 20, BAND_2_4GHZ, 0}"));

    WifiHelper wifi;
    wifi.SetStandard(ht ? WIFI_STANDARD_80211n : standard == "b" ? WIFI_STANDARD_80211b : WIFI_STANDARD_80211g);
    wifi.SetRemoteStationManager("ns3::ConstantRateWifiManager", "DataMode", StringValue(mode));
    WifiMacHelper mac;
    mac.SetType("ns3::AdhocWifiMac", "BE_MaxAmpduSize", UintegerValue(0), "BE_MaxAmsduSize", UintegerValue(0));
    NetDeviceContainer devices = wifi.Install(phy, mac, nodes);

    MobilityHelper mobility;
    mobility.SetMobilityModel("ns3::ConstantPositionMobilityModel");
    mobility.Install(nodes);
    PacketSocketHelper sockets;
    sockets.Install(nodes);

    uint64_t received = 0;
    for (unsigned i = 0; i < senders; i++)
    {
        auto from = DynamicCast<WifiNetDevice>(devices.Get(2 * i));
        auto to = DynamicCast<WifiNetDevice>(devices.Get(2 * i + 1));
        if (shortSlots)
        {
            from->GetPhy()->SetSlot(MicroSeconds(SHORT_SLOT));
            to->GetPhy()->SetSlot(MicroSeconds(SHORT_SLOT));
        }
        if (!ht && shortSlots)
        {
            from->GetMac()->GetTxop()->SetMinCw(15);
        }
        if (ht)
        {
            /* HT stations of ns-3 have QoS: give best effort the plain DCF's parameters. */
            auto txop = from->GetMac()->GetQosTxop(AC_BE);
            txop->SetAifsn(2);
            txop->SetMinCw(15);
            txop->SetMaxCw(1023);
            txop->SetTxopLimit(Seconds(0));
        }
        PacketSocketAddress address;
        address.SetSingleDevice(from->GetIfIndex());
        address.SetPhysicalAddress(to->GetAddress());
        address.SetProtocol(1);
        auto client = CreateObject<PacketSocketClient>();
        client->SetRemote(address);
        client->SetAttribute("PacketSize", UintegerValue(bytes - LLC - FCS - (ht ? QOS_HEADER : HEADER)));
        client->SetAttribute("MaxPackets", UintegerValue(0));
        /* More than a channel carries: the queue is always full. */
        client->SetAttribute("Interval", TimeValue(mode == "DsssRate1Mbps" ? MicroSeconds(2000) : MicroSeconds(200)));
        nodes.Get(2 * i)->AddApplication(client);
        client->SetStartTime(MicroSeconds(100 + 17 * i));

        PacketSocketAddress local;
        local.SetSingleDevice(to->GetIfIndex());
        local.SetProtocol(1);
        auto server = CreateObject<PacketSocketServer>();
        server->SetLocal(local);
        nodes.Get(2 * i + 1)->AddApplication(server);
        server->TraceConnectWithoutContext("Rx", Callback<void, Ptr<const Packet>, const Address&>([&received](Ptr<const Packet>, const Address&) {
            if (Simulator::Now().GetSeconds() >= WARM_UP)
                received++;
        }));
    }
    Simulator::Stop(Seconds(WARM_UP + seconds));
    Simulator::Run();
    Simulator::Destroy();
    return received / seconds;
}

int
main(int argc, char** argv)
{
    if (argc < 7)
    {
        std::fprintf(stderr, "saturation STANDARD MODE BYTES SECONDS SEED ATTEMPTS [short]\n");
        return 2;
    }
    RngSeedManager::SetSeed(std::atoi(argv[5]));
    Config::SetDefault("ns3::WifiRemoteStationManager::MaxSsrc", UintegerValue(std::atoi(argv[6])));
    Config::SetDefault("ns3::WifiMacQueue::MaxSize", StringValue("16p"));
    for (unsigned senders = 1; senders <= MOST_SENDERS; senders++)
        std::printf("{\"senders\":%u,\"framesPerSecond\":%.3f}\n", senders, FramesPerSecond(argv[1], argv[2], std::atoi(argv[3]), std::atof(argv[4]), senders, argc > 7));
    return 0;
}
